import * as pulumi from "@pulumi/pulumi";
import { Failure } from "../base/failure";
import { SpecError } from "../spec/problems";

function text(failure: Failure): string {
  return [failure.message, failure.detail, failure.remedy && `To do: ${failure.remedy}`]
    .filter(Boolean)
    .join("\n");
}

/**
 * An error that Pulumi shows by its message alone. Without a stack, since Pulumi colours one that it
 * then hides, on which Node 20 spends 20 s and half a gigabyte.
 */
function refusal(message: string): pulumi.RunError {
  const error = new pulumi.RunError(message);
  delete error.stack;
  return error;
}

/** Shows an expected failure as Pulumi shows its own: the message without a stack trace. */
export async function explained<T>(program: () => Promise<T>): Promise<T> {
  try {
    return await program();
  } catch (error) {
    if (error instanceof SpecError) throw refusal(error.message);
    if (error instanceof Failure) throw refusal(text(error));
    throw error;
  }
}
