import * as pulumi from "@pulumi/pulumi";
import { Failure } from "../host/failure";
import { SpecError } from "./spec/problems";

function text(failure: Failure): string {
  return [failure.message, failure.detail, failure.remedy && `To do: ${failure.remedy}`]
    .filter(Boolean)
    .join("\n");
}

/** An expected failure as Pulumi shows its own, by the message alone; any other as it is. */
function shown(error: unknown): unknown {
  if (error instanceof SpecError) return new pulumi.RunError(error.message);
  return error instanceof Failure ? new pulumi.RunError(text(error)) : error;
}

/** Runs the program; what it throws is shown without delay, and without a stack trace if expected. */
export async function explained<T>(program: () => Promise<T>): Promise<T> {
  try {
    return await program();
  } catch (error) {
    const refusal = shown(error);
    // Pulumi sets this to a promise and formats whatever can be reached from it: 25 s of CPU.
    if (refusal instanceof Error) {
      Object.defineProperty(refusal, "promise", { enumerable: false, writable: true });
    }
    throw refusal;
  }
}
