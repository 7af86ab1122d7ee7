import { InvalidArgumentError } from "commander";

/** Parses an option's value; commander reports what it refuses as wrong use. */
export function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value > 0) || !Number.isFinite(value)) {
    throw new InvalidArgumentError("Expected a number of seconds above 0.");
  }
  return value;
}
