import pLimit from "p-limit";
import type { Reporter } from "../../base/reporter";
import { messageOf } from "../../base/thrown";
import { type Executor, tailOf } from "../../experiments/remote/executor";
import type { BootstrapStep } from "../../infra/schedulers/step";

/** What a look at one bootstrap step of a live cluster found. */
export interface StepCheck {
  readonly step: string;
  readonly node: string;
  readonly status: "ok" | "broken";
  /** What the check said; empty when all is well. */
  readonly detail: string;
  /** Steps that this one needs and that are broken: mend these first. */
  readonly after: readonly string[];
  /** What to do; null when nothing. */
  readonly remedy: string | null;
}

/** A check asks daemons that are up; on an emulated node even that takes some seconds. */
const checkMs = 60_000;
/** More at once would only queue up on the harness's own cores. */
const checksAtOnce = 8;

/** A check is silent when all is well; this says which of its commands was the one that failed. */
const nameTheFailure = `trap 'echo "failed: $BASH_COMMAND" >&2' ERR\n`;

/**
 * Looks whether each step is in force on its node, those that a step needs before it. What is broken is
 * looked at too when something that it needs is: either may be the cause. Changes nothing.
 */
export async function checkSteps(
  steps: readonly BootstrapStep[],
  executor: Executor,
  { stack, report }: { readonly stack: string; readonly report: Reporter },
): Promise<StepCheck[]> {
  const limit = pLimit(checksAtOnce);
  const begun = new Map<string, Promise<StepCheck>>();
  for (const step of steps) {
    const needed = step.needs.flatMap((name) => begun.get(name) ?? []);
    begun.set(
      step.name,
      Promise.all(needed).then(async (before) => {
        const found = await limit(() => look(step, executor));
        report(`checked ${step.name} on ${step.host}`);
        const after = before.flatMap(({ status, step: name }) => (status === "ok" ? [] : [name]));
        if (found === null) {
          return {
            step: step.name,
            node: step.host,
            status: "ok",
            detail: "",
            after,
            remedy: null,
          };
        }
        const remedy = found.reached ? repeatStep(stack, step) : bringBack(stack);
        const { detail } = found;
        return { step: step.name, node: step.host, status: "broken", detail, after, remedy };
      }),
    );
  }
  return Promise.all(begun.values());
}

/** What is wrong; null when the step is in force. */
async function look(
  { name, host, check }: BootstrapStep,
  executor: Executor,
): Promise<{ readonly reached: boolean; readonly detail: string } | null> {
  try {
    const { code, stdout, stderr } = await executor.run(host, "bash -s", {
      step: `check ${name}`,
      deadlineMs: checkMs,
      stdin: nameTheFailure + check,
    });
    if (code === 0) return null;
    const said = tailOf(`${stdout}\n${stderr}`);
    return { reached: true, detail: said === "" ? `the check ended with exit code ${code}` : said };
  } catch (error) {
    return { reached: false, detail: messageOf(error) };
  }
}

/** Pulumi runs a step again only when its text or its node changes, or when it is told to. */
function repeatStep(stack: string, { name, delete: undo }: BootstrapStep): string {
  const command = `pulumi up --stack ${stack} --replace '**::${name}'`;
  return undo === undefined ? command : `${command} (it undoes the step first: jobs may be lost)`;
}

/** A container that died is made anew, with all that is on it. */
function bringBack(stack: string): string {
  return `pulumi up --stack ${stack}`;
}

/** A line for each step; below a broken one, what its check said and what to do. */
export function stepLines(checks: readonly StepCheck[]): string[] {
  const width = Math.max(...checks.map(({ step }) => step.length));
  return checks.flatMap(({ step, node, status, detail, after, remedy }) => [
    `${status === "ok" ? "ok    " : "broken"}  ${step.padEnd(width)}  on ${node}`,
    ...(detail === "" ? [] : detail.split("\n").map((line) => `          ${line}`)),
    ...(status === "ok" || after.length === 0 ? [] : [`        → first: ${after.join(", ")}`]),
    ...(remedy === null ? [] : [`        → ${remedy}`]),
  ]);
}
