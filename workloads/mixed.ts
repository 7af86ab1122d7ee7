import { createHash } from "node:crypto";
import { apportion } from "../spec/apportion";
import { mostResamples, type Resample } from "../spec/resample";
import type { MixedWorkload, SimpleWorkload } from "../spec/workload";
import type { PlannedWorkload } from "./planned";

/**
 * Several workloads at once. Each component gives its share of the jobs, drawn with a seed of its own
 * (the mixture's, plus its place), in the order of the components' names; those from logs and models are
 * resampled as the mixture is. All begin at 0; jobs are renumbered by submission, and at equal times by
 * component.
 */
export async function mixedWorkload(
  { components, jobs, seed, resample }: MixedWorkload,
  plan: (component: SimpleWorkload) => Promise<PlannedWorkload>,
): Promise<PlannedWorkload> {
  const sorted = Object.entries(components).sort(([left], [right]) => (left < right ? -1 : 1));
  const counts = apportion(
    jobs,
    sorted.map(([, { share }]) => share),
  );
  const planned: { readonly name: string; readonly part: PlannedWorkload }[] = [];
  for (const [index, [name, { share, ...component }]] of sorted.entries()) {
    const own = { ...component, jobs: counts[index] ?? 0, seed: (seed + index) % 2 ** 31 };
    const part = await plan(
      own.kind === "hpl" || own.kind === "hpcg"
        ? own
        : { ...own, resample: componentOf(resample, index) },
    );
    planned.push({ name, part });
  }
  const merged = planned
    .flatMap(({ part }, component) =>
      part.jobs.map((job, index) => ({ job, task: part.tasks[index], component })),
    )
    .sort(
      (a, b) =>
        a.job.submitSeconds - b.job.submitSeconds ||
        a.component - b.component ||
        a.job.id - b.job.id,
    );
  return {
    jobs: merged.map(({ job }, index) => ({ ...job, id: index + 1 })),
    tasks: merged.flatMap(({ task }) => task ?? []),
    trace: mergedTrace(planned),
    notes: planned.flatMap(({ name, part }) => part.notes.map((note) => `${name}: ${note}`)),
  };
}

/** Each component is drawn with numbers of its own. */
function componentOf(resample: Resample | undefined, index: number): Resample | undefined {
  if (resample === undefined || resample.number === 0) return resample;
  return { ...resample, number: resample.number + index * mostResamples };
}

/** Names and hash of all the components' traces; null when none has one. */
function mergedTrace(
  planned: readonly { readonly part: PlannedWorkload }[],
): PlannedWorkload["trace"] {
  const traces = planned.flatMap(({ part }) => part.trace ?? []);
  if (traces.length === 0) return null;
  const digest = createHash("sha256").update(traces.map(({ hash }) => hash).join("\n"));
  return { name: traces.map(({ name }) => name).join(" + "), hash: digest.digest("hex") };
}
