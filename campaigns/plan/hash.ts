import { hash } from "node:crypto";
import { canonicalJson } from "../../base/canonical-json";
import type { ExperimentSpec } from "../../spec/spec";

/** Files outside the specification that decide what a tuple measures. */
export interface TupleFiles {
  /** SHA-256 of the trace's content, null for a workload without one. */
  readonly traceHash: string | null;
  /** SHA-256 of the user's own program, null for a workload without one. */
  readonly programHash: string | null;
}

/**
 * SHA-256 in hex of what a tuple measures: its specification with every default filled in, without where
 * its results are kept (`run.store`), how often it is run (`run.repeat`) and by whom (`run.onUp`), and the
 * content of its trace and program. The order in which keys were written does not matter.
 */
export function tupleHash(spec: ExperimentSpec, files: TupleFiles): string {
  const { programHash, traceHash } = files;
  const parts = [
    `"programHash":${JSON.stringify(programHash)}`,
    `"spec":${measuredText(spec)}`,
    `"traceHash":${JSON.stringify(traceHash)}`,
  ];
  return sha256(`{${parts.join(",")}}`);
}

/** Canonical JSON of the parts of a specification that decide what is measured. */
export function measuredText({
  topology,
  scheduler,
  workload,
  run,
  image,
}: ExperimentSpec): string {
  const parts = [
    ...(image === undefined ? [] : [`"image":${sectionText(image)}`]),
    `"run":${runText(run)}`,
    `"scheduler":${sectionText(scheduler)}`,
    `"topology":${sectionText(topology)}`,
    `"workload":${sectionText(workload)}`,
  ];
  return `{${parts.join(",")}}`;
}

/**
 * SHA-256 in hex of what all tuples on one cluster have in common: topology, image, kind of scheduler, an
 * accelerated clock, and the number of users, whom the bootstrap makes on the nodes. The policy is not part
 * of it: every scheduler's is changed on the live cluster.
 */
export function clusterHash({ topology, scheduler, workload, run, image }: ExperimentSpec): string {
  const parts = [
    ...(run.clock === undefined ? [] : [`"clock":${sectionText(run.clock)}`]),
    ...(image === undefined ? [] : [`"image":${sectionText(image)}`]),
    `"scheduler":${JSON.stringify(scheduler.kind)}`,
    `"topology":${sectionText(topology)}`,
    `"users":${workload.users.count}`,
  ];
  return sha256(`{${parts.join(",")}}`);
}

/** Tuples share sections, and most of the time goes into their texts. */
const texts = new WeakMap<object, string>();

function cached(section: object, make: () => string): string {
  const known = texts.get(section);
  if (known !== undefined) return known;
  const text = make();
  texts.set(section, text);
  return text;
}

export function sectionText(section: object): string {
  return cached(section, () => canonicalJson(section));
}

function runText(run: ExperimentSpec["run"]): string {
  return cached(run, () => {
    const { store: _store, repeat: _repeat, onUp: _onUp, ...measured } = run;
    return canonicalJson(measured);
  });
}

function sha256(text: string): string {
  return hash("sha256", text);
}
