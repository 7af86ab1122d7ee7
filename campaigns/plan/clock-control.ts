import { canonicalJson } from "../../base/canonical-json";
import type { Problem } from "../../spec/problems";
import { schedulerKinds } from "../../spec/scheduler";
import { specFacts } from "../../spec/schedulers/facts";
import type { ExperimentSpec } from "../../spec/spec";
import type { Choice } from "./constraints";
import { sectionText } from "./hash";

interface Planned {
  readonly choice: Choice;
  readonly spec: ExperimentSpec;
}

/**
 * A faster clock makes every overhead longer in the scheduler's seconds, so whoever uses one shows with a
 * control how much that changes: for each scheduler one tuple that also appears with the real clock.
 * @returns a problem for the tuples of each scheduler that has none.
 */
export function controlProblems(
  tuples: readonly Planned[],
): { readonly problem: Problem; readonly choices: readonly Choice[] }[] {
  const real = new Set(
    tuples.filter(({ spec }) => spec.run.clock === undefined).map(({ spec }) => withoutClock(spec)),
  );
  const accelerated = tuples.filter(({ spec }) => spec.run.clock !== undefined);
  return schedulerKinds
    .map((kind) => ({ kind, own: accelerated.filter(({ spec }) => spec.scheduler.kind === kind) }))
    .filter(({ own }) => own.length > 0 && !own.some(({ spec }) => real.has(withoutClock(spec))))
    .map(({ kind, own }) => ({
      problem: {
        path: "run.clock",
        message:
          `no tuple of ${specFacts[kind].name} with an accelerated clock has a control: ` +
          "add a tuple that differs only in run.clock (real) and, if necessary, in run.deadline",
      },
      choices: own.map(({ choice }) => choice),
    }));
}

/** All that such a pair has in common. */
function withoutClock({ topology, scheduler, workload, run, image }: ExperimentSpec): string {
  const { clock: _clock, deadline: _deadline, ...rest } = run;
  const sections = [topology, scheduler, workload, ...(image === undefined ? [] : [image])];
  return [...sections.map(sectionText), canonicalJson(rest)].join("\n");
}
