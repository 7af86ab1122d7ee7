import { InvalidArgumentError } from "commander";

/** Parses `5%` or `5` as a share, 0.05; commander reports what it refuses as wrong use. */
export function percentage(text: string): number {
  const [, digits] = /^(\d+(?:\.\d+)?)\s*%?$/.exec(text.trim()) ?? [];
  if (digits === undefined || Number(digits) > 1000) {
    throw new InvalidArgumentError("Expected a percentage such as 5%, at most 1000%.");
  }
  return Number(digits) / 100;
}
