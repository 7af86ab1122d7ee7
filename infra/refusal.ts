import * as pulumi from "@pulumi/pulumi";
import { Failure } from "../host/failure";
import { SpecError } from "./spec/problems";

function text(failure: Failure): string {
  return [failure.message, failure.detail, failure.remedy && `To do: ${failure.remedy}`]
    .filter(Boolean)
    .join("\n");
}

/** Shows an expected failure as Pulumi shows its own: the message without a stack trace. */
export async function explained<T>(program: () => Promise<T>): Promise<T> {
  try {
    return await program();
  } catch (error) {
    if (error instanceof SpecError) throw new pulumi.RunError(error.message);
    if (error instanceof Failure) throw new pulumi.RunError(text(error));
    throw error;
  }
}
