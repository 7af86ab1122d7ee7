import { createHash } from "node:crypto";
import { apportion } from "../spec/apportion";
import { mostResamples, type Resample } from "../spec/resample";
import type { MixedWorkload, SimpleWorkload } from "../spec/workload";
import { renumberedOrder } from "./order";
import type { PlannedWorkload } from "./planned";

/**
 * Several workloads at once. Each component gives its share of the jobs, or those that its demand takes,
 * drawn with a seed of its own (the mixture's, plus its place), in the order of the components' names;
 * those from logs and models are resampled as the mixture is. All begin at 0; jobs are renumbered by submission, and at equal times by
 * component.
 */
export async function mixedWorkload(
  { components, jobs, seed, resample }: MixedWorkload,
  plan: (component: SimpleWorkload) => Promise<PlannedWorkload>,
): Promise<PlannedWorkload> {
  const sorted = Object.entries(components).sort(([left], [right]) => (left < right ? -1 : 1));
  const counts = jobCounts(sorted, jobs);
  const planned: { readonly name: string; readonly part: PlannedWorkload }[] = [];
  for (const [index, [name, component]] of sorted.entries()) {
    const own = { seed: (seed + index) % 2 ** 31, jobs: counts.get(name) ?? 0 };
    const part = await plan(workloadOf(component, own, componentOf(resample, index)));
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
  const numbers = new Map(
    merged.map(({ job, component }, index) => [`${component} ${job.id}`, index + 1]),
  );
  const arrays = new Map<string, number>();
  return {
    jobs: merged.map(({ job, component }, index) => ({
      ...job,
      id: index + 1,
      ...renumberedOrder(
        job,
        (other) => numbers.get(`${component} ${other}`) ?? other,
        (array) => {
          const key = `${component} ${array}`;
          if (!arrays.has(key)) arrays.set(key, arrays.size + 1);
          return arrays.get(key) ?? array;
        },
      ),
    })),
    tasks: merged.flatMap(({ task }) => task ?? []),
    trace: mergedTrace(planned),
    notes: planned.flatMap(({ name, part }) => part.notes.map((note) => `${name}: ${note}`)),
  };
}

type Component = MixedWorkload["components"][string];

/** Jobs of each component that has a share of them. */
function jobCounts(
  components: readonly (readonly [string, Component])[],
  jobs: number,
): ReadonlyMap<string, number> {
  const shares = components.flatMap(([name, component]) =>
    component.kind === "elastic" ? [] : [{ name, share: component.share }],
  );
  const counts = apportion(
    jobs,
    shares.map(({ share }) => share),
  );
  return new Map(shares.map(({ name }, index) => [name, counts[index] ?? 0]));
}

/** The component as a workload of its own. */
function workloadOf(
  component: Component,
  { seed, jobs }: { readonly seed: number; readonly jobs: number },
  resample: Resample | undefined,
): SimpleWorkload {
  if (component.kind === "elastic") return { ...component, seed };
  const { share: _, ...own } = component;
  if (own.kind === "hpl" || own.kind === "hpcg") return { ...own, seed, jobs };
  return { ...own, seed, jobs, resample };
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
