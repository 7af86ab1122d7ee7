import { z } from "zod";
import { show } from "./problems";

/**
 * What tells nodes apart beside their size: features, which a job may ask for by their names, and the type of
 * their GPUs. Both are names that every scheduler takes as they are.
 */

/** As every scheduler takes it. */
export const traitPattern = /^[A-Za-z0-9]([\w.-]{0,30}[A-Za-z0-9])?$/;
const expected =
  "expected a name of at most 32 letters, digits, ., - and _, with a letter or digit first and last";

export const traitName = () =>
  z
    .string({ error: ({ input }) => `${expected}, got ${show(input)}` })
    .regex(traitPattern, { error: ({ input }) => `${expected}, got ${show(input)}` });

export const traitNames = () => z.array(traitName(), { error: "expected a list of names" });

export interface NodeTraits {
  readonly gpuType?: string;
  readonly features?: readonly string[];
}

interface Pool {
  readonly features?: readonly string[] | undefined;
  readonly gpuType?: string | undefined;
  readonly emulated?: object | undefined;
}

/** Of the scheduler's nodes in this pool. What they do not have is absent. */
export function poolTraits({ features = [], gpuType, emulated }: Pool): NodeTraits {
  const type = emulated === undefined ? gpuType : emulatedType(emulated);
  return {
    ...(type === undefined ? {} : { gpuType: type }),
    ...(features.length === 0 ? {} : { features }),
  };
}

/** A list of emulated nodes has a type for each of its entries instead. */
function emulatedType(emulated: object): string | undefined {
  return "gpuType" in emulated && typeof emulated.gpuType === "string"
    ? emulated.gpuType
    : undefined;
}

const separator = "&";

/** Features that a job's constraint `a&b` names, all of which a node must have; null for other forms. */
export function featuresOf(constraint: string): readonly string[] | null {
  const names = namesIn(constraint);
  return names.every((name) => traitPattern.test(name)) ? names : null;
}

/** Whether a constraint has more in it than names with `&` between them, such as a choice or a number. */
export function isExpression(constraint: string): boolean {
  return namesIn(constraint).some((name) => /^$|[\s|*,!()[\]]/.test(name));
}

function namesIn(constraint: string): string[] {
  return constraint.split(separator).map((name) => name.trim());
}

export function constraintOf(features: readonly string[]): string {
  return features.join(separator);
}
