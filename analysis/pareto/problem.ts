import { z } from "zod";
import { Failure } from "../../base/failure";
import type { Point } from "./dominance";

/**
 * Points and reference with every objective minimised: objectives to be maximised have their sign
 * reversed.
 */
export interface ParetoProblem {
  readonly points: readonly Point[];
  readonly reference: Point;
}

const point = z.array(z.number()).min(1);
const schema = z
  .strictObject({
    points: z.array(point).min(1),
    reference: point,
    /** 0-based objectives. */
    maximise: z.array(z.int().nonnegative()).default([]),
  })
  .superRefine(({ points, reference, maximise }, context) => {
    const dimension = reference.length;
    for (const [index, { length }] of points.entries()) {
      if (length === dimension) continue;
      const message = `expected ${dimension} objectives as in the reference, got ${length}`;
      context.addIssue({ code: "custom", path: ["points", index], message });
    }
    for (const [index, objective] of maximise.entries()) {
      const path = ["maximise", index];
      if (objective >= dimension) {
        const message = `expected an objective from 0 to ${dimension - 1}, got ${objective}`;
        context.addIssue({ code: "custom", path, message });
      } else if (maximise.indexOf(objective) !== index) {
        context.addIssue({ code: "custom", path, message: `objective ${objective} again` });
      }
    }
  });

/** Throws Failure that lists every problem by its path. `source` names the input in the message. */
export function parseProblem(text: string, source: string): ParetoProblem {
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch (cause) {
    throw new Failure(`${source} is not JSON`, { cause });
  }
  const parsed = schema.safeParse(input);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      ({ path, message }) => `${path.length === 0 ? "the input" : path.join(".")}: ${message}`,
    );
    throw new Failure(`${source} is no Pareto problem: ${problems[0]}`, {
      ...(problems.length > 1 ? { detail: problems.join("\n") } : {}),
      remedy: 'give {"points": [[…], …], "reference": […], "maximise": [indices]}',
    });
  }
  const { points, reference, maximise } = parsed.data;
  const minimised = (values: Point) =>
    values.map((value, objective) => (maximise.includes(objective) ? -value : value));
  return { points: points.map(minimised), reference: minimised(reference) };
}
