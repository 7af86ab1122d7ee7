import { withSite } from "../../infra/site";
import { isObject } from "../../spec/fields";
import { type Problem, SpecError } from "../../spec/problems";
import { joinSections, type ReadSections, readSection, type Section } from "../../spec/sections";
import type { ExperimentSpec } from "../../spec/spec";
import { type Axis, readAxes } from "./axes";
import { type Choice, readConstraints } from "./constraints";
import { measuredText } from "./hash";
import { type Layer, sectionOf } from "./layer";
import type { Overridden } from "./overridden";
import { composedParts } from "./parts";
import { choiceText, ProblemLog } from "./problem-log";

export interface Composed {
  readonly choice: Choice;
  readonly spec: ExperimentSpec;
}

export interface Composition {
  readonly axes: readonly Axis[];
  /** In the order of the axes, the last one varying fastest; those that are refused are in it too. */
  readonly choices: readonly Choice[];
  /** The tuples that are in order. */
  readonly composed: readonly Composed[];
  readonly log: ProblemLog;
  /** What is wrong with the campaign apart from its tuples. */
  readonly problems: readonly Problem[];
}

const mostTuples = 100_000;

/** All combinations of the axes as tuples; where something is wrong, those that can still be read. Reads
 * no file but those of a site that they name. */
export function composeTuples({ campaign, declared }: Overridden): Composition {
  const parts = composedParts(campaign);
  const { axes, problems: axisProblems } = readAxes(campaign.axes, parts);
  const constraints = readConstraints(campaign, axes, declared);
  const problems = [...parts.problems, ...axisProblems, ...constraints.problems];
  const log = new ProblemLog();
  const refused = (...further: Problem[]): Composition => ({
    ...{ axes, log, choices: [], composed: [] },
    problems: [...problems, ...further],
  });
  const count = axes.reduce((product, { values }) => product * values.length, 1);
  if (count > mostTuples) {
    return refused({
      path: "axes",
      message: `${count} combinations, expected at most ${mostTuples}`,
    });
  }
  const choices = [...combinations(axes)].filter(constraints.allows);
  if (choices.length === 0) {
    if (problems.length > 0) return refused();
    const path = campaign.only.length === 0 ? "exclude" : "only";
    const said =
      path === "only" && campaign.exclude.length > 0 ? "with exclude, it leaves" : "leaves";
    return refused({ path, message: `${said} none of the ${count} combinations` });
  }
  const composed = readTuples(axes, choices, parts.base, log);
  ownProblems(axes, composed, log);
  return { axes, choices, composed, log, problems };
}

/** In the order of the axes, the last one varying fastest. */
function* combinations(axes: readonly Axis[], chosen: Choice = []): Generator<Choice> {
  const axis = axes[chosen.length];
  if (axis === undefined) yield chosen;
  else for (const index of axis.values.keys()) yield* combinations(axes, [...chosen, index]);
}

function readTuples(
  axes: readonly Axis[],
  choices: readonly Choice[],
  base: readonly Layer[],
  log: ProblemLog,
): Composed[] {
  const readers: { readonly [Name in Section]: SectionReader<Name> } = {
    topology: sectionReader("topology", axes, base),
    scheduler: sectionReader("scheduler", axes, base),
    workload: sectionReader("workload", axes, base),
    run: sectionReader("run", axes, base),
    image: sectionReader("image", axes, base),
  };
  return choices.flatMap((choice) => {
    const read: ReadSections = {
      topology: readers.topology(choice),
      scheduler: readers.scheduler(choice),
      workload: readers.workload(choice),
      run: readers.run(choice),
      image: readers.image(choice),
    };
    const { spec, problems } = joinSections(withSites(readers, read, choice));
    for (const problem of problems) log.add(problem, choice);
    return spec === undefined || problems.length > 0 ? [] : [{ choice, spec }];
  });
}

interface SectionReader<Name extends Section> {
  (choice: Choice): ReadSections[Name];
  /** As it is written. */
  readonly raw: (choice: Choice) => unknown;
}

type Site = Pick<ReadSections, "topology" | "scheduler" | "workload">;
/** By the sections as they are written: tuples have them in common. */
const sites = new WeakMap<object, Map<unknown, Map<unknown, Site>>>();

/** The sections with what the files of a site say, where the tuple names one. */
function withSites(
  readers: { readonly [Name in keyof Site]: SectionReader<Name> },
  read: ReadSections,
  choice: Choice,
): ReadSections {
  const written = {
    topology: readers.topology.raw(choice),
    scheduler: readers.scheduler.raw(choice),
    workload: readers.workload.raw(choice),
  };
  const key = isObject(written.scheduler) ? written.scheduler : written;
  const byTopology = sites.get(key) ?? new Map<unknown, Map<unknown, Site>>();
  const known = byTopology.get(written.topology) ?? new Map<unknown, Site>();
  const found = known.get(written.workload) ?? siteOf(written, read);
  sites.set(key, byTopology.set(written.topology, known.set(written.workload, found)));
  return { ...read, ...found };
}

function siteOf(written: Readonly<Record<keyof Site, unknown>>, read: ReadSections): Site {
  const { topology, scheduler, workload } = read;
  try {
    const resolved = withSite(written);
    if (resolved === written) return { topology, scheduler, workload };
    return {
      topology: readSection("topology", resolved.topology),
      scheduler: readSection("scheduler", resolved.scheduler),
      workload: readSection("workload", resolved.workload),
    };
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    return { topology, scheduler: { ...scheduler, problems: error.problems }, workload };
  }
}

/** Reads a section once for all tuples that have it in common. */
function sectionReader<Name extends Section>(
  section: Name,
  axes: readonly Axis[],
  base: readonly Layer[],
): SectionReader<Name> {
  const says = (layers: readonly Layer[]) => layers.some((layer) => Object.hasOwn(layer, section));
  const places = [...axes.keys()]
    .filter((place) => axes[place]?.values.some(({ layers }) => says(layers)))
    // Keys lie over parts, whatever the order in the file.
    .sort((a, b) => order(axes[a]) - order(axes[b]) || a - b);
  const known = new Map<string, { readonly raw: unknown; readonly read: ReadSections[Name] }>();
  const at = (choice: Choice) => {
    const key = places.map((place) => choice[place]).join(" ");
    const found = known.get(key);
    if (found !== undefined) return found;
    const chosen = places.flatMap((place) => axes[place]?.values[choice[place] ?? 0]?.layers ?? []);
    const raw = sectionOf(section, [...base, ...chosen]);
    const made = { raw, read: readSection(section, raw) as ReadSections[Name] };
    known.set(key, made);
    return made;
  };
  return Object.assign((choice: Choice) => at(choice).read, {
    raw: (choice: Choice) => at(choice).raw,
  });
}

function order(axis: Axis | undefined): number {
  return axis?.kind === "key" ? 1 : 0;
}

/** What a campaign asks of its tuples beyond what a single stack has to be. */
function ownProblems(axes: readonly Axis[], composed: readonly Composed[], log: ProblemLog): void {
  const stores = new Set(composed.map(({ spec }) => spec.run.store));
  for (const { spec, choice } of composed) {
    if (spec.run.repeat !== 1) {
      const message = `expected 1, got ${spec.run.repeat}: the campaign's own repeats say how often each tuple runs`;
      log.add({ path: "run.repeat", message }, choice);
    }
    if (stores.size > 1) {
      const all = [...stores].join(", ");
      log.add(
        { path: "run.store", message: `expected one store for all tuples, got ${all}` },
        choice,
      );
    }
  }
  // With several stores, tuples may differ in nothing else.
  if (stores.size > 1) return;
  const seen = new Map<string, Choice>();
  const doubles = composed.flatMap(({ spec, choice }) => {
    const text = measuredText(spec);
    const first = seen.get(text);
    if (first === undefined) seen.set(text, choice);
    return first === undefined ? [] : [{ first, choice }];
  });
  const [example] = doubles;
  if (example === undefined) return;
  const pair = `(${choiceText(axes, example.first)}) and (${choiceText(axes, example.choice)})`;
  const message = `the same tuple more than once: ${pair}`;
  for (const { choice } of doubles) log.add({ path: "axes", message }, choice);
}
