import { Command, InvalidArgumentError } from "commander";
import { failureText } from "../../cli/failure-text";
import { setUp } from "../../cli/setup";
import { type SchedulerKind, schedulerKinds } from "../../spec/scheduler";
import { chaosJobs, withScene } from "./cluster";
import { type FaultKind, faultKinds, planRounds } from "./plan";
import { playRound } from "./round";
import { faultTable, type Played, roundLine, troubles } from "./table";

interface Options {
  readonly seed: number;
  readonly rounds: number;
  readonly scheduler?: SchedulerKind;
  readonly fault?: FaultKind;
  readonly json?: boolean;
}

const whole = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("expected a whole number");
  return Number(text);
};

function oneOf<T extends string>(values: readonly T[]): (text: string) => T {
  return (text) => {
    const found = values.find((value) => value === text);
    if (found === undefined) throw new InvalidArgumentError(`expected ${values.join(", ")}`);
    return found;
  };
}

/** `npm run chaos`: faults on live clusters; ends with 1 when anything was lost, doubled or left. */
async function chaos({ seed, rounds, scheduler, fault, json = false }: Options): Promise<void> {
  const report = (line: string) => process.stderr.write(`${line}\n`);
  await setUp(report);
  const kinds = scheduler === undefined ? schedulerKinds : [scheduler];
  const played: Played[] = [];
  let stopped = false;
  // More than once: npm passes a terminal's Ctrl-C on, which has reached this process already.
  process.on("SIGINT", () => {
    if (!stopped)
      report("Ctrl-C: the rounds under way are ended, then the clusters are taken down");
    stopped = true;
  });
  const each = Math.ceil(rounds / kinds.length);
  const play = (kind: SchedulerKind, index: number) =>
    withScene(kind, async (scene) => {
      const plan = planRounds({
        seed: seed + index,
        rounds: each,
        jobs: chaosJobs,
        ...(fault === undefined ? {} : { kinds: [fault] }),
      });
      for (const round of plan) {
        if (stopped) return;
        const result = { ...(await playRound(scene, round)), scheduler: kind };
        played.push(result);
        report(roundLine(result));
      }
    });
  const scenes = await Promise.allSettled(kinds.map(play));
  console.log(json ? JSON.stringify(played) : faultTable(played));
  for (const scene of scenes) {
    if (scene.status === "fulfilled") continue;
    report(failureText(scene.reason));
    process.exitCode = 1;
  }
  if (played.some((result) => troubles(result).length > 0)) process.exitCode = 1;
  if (stopped) process.exitCode = 130;
}

export function main(argv: readonly string[]): void {
  new Command("chaos")
    .description("injects faults into live clusters of containers and looks for what was lost")
    .option("--seed <n>", "gives the same rounds each time", whole, 1)
    .option("--rounds <n>", "rounds over all schedulers together", whole, 44)
    .option("--scheduler <kind>", "only this one", oneOf(schedulerKinds))
    .option("--fault <kind>", `only this one: ${faultKinds.join(", ")}`, oneOf(faultKinds))
    .option("--json", "every round as JSON")
    .action((options: Options) =>
      chaos(options).catch((error: unknown) => {
        console.error(failureText(error));
        process.exitCode = 1;
      }),
    )
    .parse([...argv]);
}
