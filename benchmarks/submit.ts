import { Command } from "commander";
import { messageOf } from "../base/thrown";
import { readHandle } from "../cli/handle-file";
import { type Executor, runChecked } from "../experiments/remote/executor";
import { newRunId } from "../experiments/run/directory";
import { cancelUntilGone, clearLeftovers } from "../experiments/run/leftovers";
import { liveCluster } from "../experiments/run/live-cluster";
import { nodeDirectory, setUpNodes, tidyNodes } from "../experiments/run/node-setup";
import { quantile } from "../experiments/run/pace";
import { steadyNow } from "../experiments/run/replay";
import type { SchedulerAdapter } from "../experiments/schedulers/adapter";
import { type JobManifest, jobManifest } from "../experiments/schedulers/kubernetes/manifest";
import { memoryRule } from "../experiments/schedulers/kubernetes/memory";
import { createAdapter } from "../experiments/schedulers/registry";
import type { Handle } from "../infra/handle";
import { firstUserId } from "../infra/schedulers/users";
import { isEmulated } from "../spec/emulated";
import type { SchedulerKind } from "../spec/scheduler";
import { hasSwitches } from "../spec/schedulers/kubernetes/emulated";
import { kubernetesPolicySchema, userNamespace } from "../spec/schedulers/kubernetes/policy";
import type { Topology } from "../spec/topology";
import type { WorkloadJob } from "../workloads/job";
import { onLockedCluster } from "./locked-cluster";

/**
 * Submits the same one-second jobs by a plain shell loop on the controller and by the runner, in
 * turns on one cluster, and compares the wall time from the first call's start to the last call's end.
 */

/** A shell loop of the scheduler's own submit command; prints its time in microseconds. */
const plainLoops: {
  readonly [Kind in SchedulerKind]: (handle: Handle, jobs: number, runId: string) => string;
} = {
  slurm: (_, jobs, runId) => `cd / && runuser -u user01 -- bash -c '
before=\${EPOCHREALTIME/[.,]/}
for ((i = 0; i < ${jobs}; i++)); do
  sbatch --parsable --ntasks=1 --time=1 --output=/dev/null --job-name=schedlab-${runId}-$((i + 1)) --wrap="sleep 1" >/dev/null || exit 1
done
echo $((\${EPOCHREALTIME/[.,]/} - before))'`,
  flux: ({ spec }, jobs, runId) => `cd / && runuser -u user01 -- env HOME=/home/user01 bash -c '
before=\${EPOCHREALTIME/[.,]/}
for ((i = 0; i < ${jobs}; i++)); do
  flux submit -n 1 -t 1m ${fluxBody(spec.topology)} --job-name=schedlab-${runId}-$((i + 1)) sleep 1 </dev/null >/dev/null || exit 1
done
echo $((\${EPOCHREALTIME/[.,]/} - before))'`,
  kubernetes: (handle, jobs, runId) => `cd / && read -r -d "" manifest <<'END'
${JSON.stringify(plainManifest(handle, runId))}
END
export manifest && runuser -u user01 -- env HOME=/home/user01 bash -c '
before=\${EPOCHREALTIME/[.,]/}
for ((i = 0; i < ${jobs}; i++)); do
  kubectl create -f - <<<"\${manifest//987654/$((i + 1))}" >/dev/null || exit 1
done
echo $((\${EPOCHREALTIME/[.,]/} - before))'`,
};

/** Emulated nodes run no process: Flux's own timer ends the job. */
function fluxBody(topology: Topology): string {
  return isEmulated(topology) ? "--setattr=system.exec.test.run_duration=1s" : "--output=none";
}

/** What the adapter submits, with a number that the loop replaces by the job's. */
function plainManifest(handle: Handle, runId: string): JobManifest {
  const { cluster, spec } = handle;
  return jobManifest(
    { job: oneSecondJob(987_654, "user01"), body: { kind: "sleep", seconds: 1 } },
    {
      runId,
      directory: nodeDirectory(runId),
      namespace: userNamespace("user01"),
      user: { uid: firstUserId, gid: firstUserId },
      policy: kubernetesPolicySchema.parse(spec.scheduler.policy),
      defaultPartition: cluster.partitions[0]?.name ?? "",
      memoryPerCoreMiB: memoryRule(liveCluster(handle)),
      requeues: () => false,
      emulated: isEmulated(spec.topology),
      switches: hasSwitches(spec.topology),
      apiServer: { host: cluster.nodes[0]?.address ?? "", port: 6443 },
    },
  );
}

function oneSecondJob(id: number, user: string): WorkloadJob {
  return {
    id,
    submitSeconds: 0,
    user,
    cores: 1,
    runSeconds: 1,
    limitSeconds: 60,
    gpus: 0,
    memoryMiB: null,
    traceJob: null,
  };
}

interface Options {
  readonly jobs: number;
  readonly rounds: number;
  readonly users: number;
  readonly json: boolean;
}

interface Round {
  readonly loopSeconds: number;
  readonly runnerSeconds: number;
}

function measure(handle: Handle, options: Options): Promise<Round[]> {
  return onLockedCluster(handle, log, async (executor) => {
    const rounds: Round[] = [];
    for (let round = 0; round < options.rounds; round++) {
      // Who goes first changes, so that a scheduler that slows down with use is fair to both.
      const loopFirst = round % 2 === 0;
      const early = loopFirst ? await turn(handle, executor, options, loop) : null;
      const runnerSeconds = await turn(handle, executor, options, runner);
      const loopSeconds = early ?? (await turn(handle, executor, options, loop));
      rounds.push({ loopSeconds, runnerSeconds });
      log(
        `round ${round + 1}: loop ${loopSeconds.toFixed(2)} s, runner ${runnerSeconds.toFixed(2)} s`,
      );
    }
    return rounds;
  });
}

interface Turn {
  readonly handle: Handle;
  readonly executor: Executor;
  readonly adapter: SchedulerAdapter;
  readonly runId: string;
  readonly options: Options;
}

/** One way of submission on an idle cluster, under a run of its own; its jobs are cancelled. */
async function turn(
  handle: Handle,
  executor: Executor,
  options: Options,
  submit: (turn: Turn) => Promise<number>,
): Promise<number> {
  const { cluster, spec } = handle;
  const runId = newRunId(new Date());
  const directory = nodeDirectory(runId);
  const adapter = createAdapter(
    { executor, cluster: liveCluster(handle), runId, nodeDirectory: directory },
    spec.scheduler,
  );
  await clearLeftovers(adapter, log);
  await adapter.prepare();
  await setUpNodes(executor, cluster.nodes, directory, []);
  try {
    return await submit({ handle, executor, adapter, runId, options });
  } finally {
    await cancelUntilGone(adapter, (job) => job.run === runId);
    await tidyNodes(executor, cluster.nodes, directory);
  }
}

async function loop({ handle, executor, runId, options }: Turn): Promise<number> {
  const controller = handle.cluster.nodes.find((node) => node.role === "controller");
  if (controller === undefined) throw new Error("the cluster has no controller");
  const command = plainLoops[handle.spec.scheduler.kind](handle, options.jobs, runId);
  const { stdout } = await runChecked(executor, controller.name, command, {
    step: "plain submission loop",
    deadlineMs: 600_000,
  });
  return Number(stdout.trim()) / 1e6;
}

/** From the first release on this side to the last answer's time on the controller. */
async function runner({ adapter, options: { jobs, users } }: Turn): Promise<number> {
  const names = Array.from(
    { length: users },
    (_, index) => `user${String(index + 1).padStart(2, "0")}`,
  );
  const submission = await adapter.openSubmission(names);
  try {
    const started = steadyNow();
    const answers = await Promise.all(
      Array.from({ length: jobs }, (_, index) => {
        const job = oneSecondJob(index + 1, names[index % names.length] ?? "user01");
        return submission.submit({ job, body: { kind: "sleep", seconds: 1 } }, 1);
      }),
    );
    const refused = answers.find((answer) => answer.error !== null);
    if (refused !== undefined) throw new Error(`a job was refused: ${refused.error}`);
    return (steadyNow() - started) / 1000;
  } finally {
    submission.close();
  }
}

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}

function summarise(rounds: readonly Round[], { jobs, users }: Options) {
  const loopSeconds = quantile(
    rounds.map((round) => round.loopSeconds),
    0.5,
  );
  const runnerSeconds = quantile(
    rounds.map((round) => round.runnerSeconds),
    0.5,
  );
  return {
    jobs,
    users,
    rounds,
    medianLoopSeconds: loopSeconds,
    medianRunnerSeconds: runnerSeconds,
    ratio: loopSeconds / runnerSeconds,
  };
}

async function main(): Promise<void> {
  const program = new Command("submit")
    .description("compare the runner's submission with a plain shell loop on the controller")
    .requiredOption("--handle <file>", "the stack's handle as JSON; - reads standard input")
    .option("--jobs <number>", "jobs a round", Number, 200)
    .option("--rounds <number>", "rounds of each", Number, 3)
    .option(
      "--users <number>",
      "Unix users of the runner's jobs; the loop is one user's",
      Number,
      3,
    )
    .option("--json", "print the figures as JSON", false)
    .parse();
  const options = program.opts<Options & { handle: string }>();
  const result = summarise(await measure(await readHandle(options.handle), options), options);
  const line =
    `${result.jobs} jobs: shell loop ${result.medianLoopSeconds.toFixed(2)} s, ` +
    `runner ${result.medianRunnerSeconds.toFixed(2)} s (medians of ${options.rounds}); ` +
    `the runner is ${result.ratio.toFixed(2)} times as fast`;
  process.stdout.write(options.json ? `${JSON.stringify(result, null, 2)}\n` : `${line}\n`);
}

main().catch((error: unknown) => {
  log(messageOf(error));
  process.exitCode = 1;
});
