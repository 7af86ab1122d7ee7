import { CommanderError } from "commander";
import { Failure } from "../base/failure";
import { Interrupted } from "./interrupt";

function causes(error: Error): string[] {
  const { cause } = error;
  if (!(cause instanceof Error) || cause.message === error.message) return [];
  return [`  because: ${cause.message}`, ...causes(cause)];
}

function indent(text: string): string {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => `  | ${line}`)
    .join("\n");
}

/** What went wrong, the evidence, and what to do, for a person; no stack trace for expected errors. */
export function failureText(error: unknown): string {
  if (!(error instanceof Error)) return `error: ${String(error)}`;
  const expected = error instanceof Failure || error.name === "SpecError";
  const lines = [`error: ${error.message}`, ...causes(error)];
  if (error instanceof Failure && error.detail) lines.push(indent(error.detail));
  if (error instanceof Failure && error.remedy) lines.push(`  to do: ${error.remedy}`);
  if (!expected && error.stack) lines.push(indent(error.stack));
  return lines.join("\n");
}

/** 2 for wrong use, 130 for an interruption, else 1; help and version are not failures. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  return error instanceof Interrupted ? 130 : 1;
}
