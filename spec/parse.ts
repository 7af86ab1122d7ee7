import { specProblems } from "./checks";
import { distinct, problemsOf, repaired, unusableKeys, within } from "./form";
import { SpecError } from "./problems";
import { type ExperimentSpec, experimentSchema } from "./spec";

/**
 * The specification with every default filled in. Parsing the result again changes nothing. Throws a
 * SpecError with all problems: problems of form, and problems between fields as far as these fields are
 * well formed.
 */
export function parseSpec(input: unknown): ExperimentSpec {
  const unusable = unusableKeys(input, []);
  if (unusable.length > 0) throw new SpecError(unusable);
  const first = experimentSchema.safeParse(input ?? {});
  if (first.success) {
    const problems = specProblems(first.data);
    if (problems.length > 0) throw new SpecError(problems);
    return first.data;
  }
  const problems = problemsOf(first.error);
  const refused = problems.map(({ path }) => path);
  const rest = repaired(experimentSchema, input);
  const further = rest === undefined ? [] : specProblems(rest);
  throw new SpecError(
    distinct([...problems, ...further.filter(({ path }) => !refused.some(within(path)))]),
  );
}
