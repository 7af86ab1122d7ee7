import { specProblems } from "./checks";
import { strict } from "./fields";
import { distinct, problemsOf, repaired, within, withoutUnknownKeys } from "./form";
import type { Problem } from "./problems";
import { type ExperimentSpec, experimentSchema } from "./spec";

export type Section = keyof ExperimentSpec;

/** `topology`, `scheduler`, `workload`, `run`, `image`. */
export const sections = Object.keys(experimentSchema.shape) as Section[];

export function isSection(name: string): name is Section {
  return (sections as readonly string[]).includes(name);
}

/** One section of a tuple, checked for itself. */
export interface ReadSection<Name extends Section = Section> {
  /** With its defaults, also in place of what was refused; undefined where nothing could be saved. */
  readonly value: ExperimentSpec[Name];
  /** By their path in the tuple. */
  readonly problems: readonly Problem[];
}

export type ReadSections = { readonly [Name in Section]: ReadSection<Name> };

/** Made once: zod compiles each schema when it is first used. */
const sectionSchemas = Object.fromEntries(
  sections.map((section) => [section, strict({ [section]: experimentSchema.shape[section] })]),
) as { readonly [Name in Section]: ReturnType<typeof strict> };

/** The form of a section of a tuple, so that tuples that share a section can share this work. */
export function readSection<Name extends Section>(section: Name, raw: unknown): ReadSection<Name> {
  const schema = sectionSchemas[section];
  const input = raw === undefined ? {} : { [section]: raw };
  const first = schema.safeParse(input);
  const found = first.success ? first.data : repaired(schema, input);
  return {
    value: (found as Partial<ExperimentSpec> | undefined)?.[section] as ExperimentSpec[Name],
    problems: first.success ? [] : problemsOf(first.error),
  };
}

/** A section as it is written, without the keys that it does not have in its kind. */
export function withOwnKeys(section: Section, raw: unknown): unknown {
  return withoutUnknownKeys(experimentSchema.shape[section], raw);
}

/**
 * The tuple of these sections, and every problem that `parseSpec` would find in it. The specification
 * has defaults in place of what was refused; undefined where a section could not be repaired.
 */
export function joinSections(read: ReadSections): {
  readonly spec: ExperimentSpec | undefined;
  readonly problems: readonly Problem[];
} {
  const form = sections.flatMap((section) => read[section].problems);
  const { topology, scheduler, workload, run, image } = read;
  const whole = [topology, scheduler, workload, run].every(({ value }) => value !== undefined);
  if (!whole) return { spec: undefined, problems: form };
  const spec: ExperimentSpec = {
    topology: topology.value,
    scheduler: scheduler.value,
    workload: workload.value,
    run: run.value,
    ...(image.value === undefined ? {} : { image: image.value }),
  };
  const between = specProblems(spec);
  if (form.length === 0) return { spec, problems: between };
  const refused = form.map(({ path }) => path);
  return {
    spec,
    problems: distinct([...form, ...between.filter(({ path }) => !refused.some(within(path)))]),
  };
}
