import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { Failure } from "../../base/failure";
import { explained } from "../../infra/refusal";
import { SpecError } from "../../spec/problems";

async function thrown(error: Error): Promise<Error> {
  return explained(() => Promise.reject(error)).catch((shown) => shown);
}

test.each([
  [
    new Failure("no memory", { detail: "wants 9 GiB", remedy: "take fewer nodes" }),
    "no memory\nwants 9 GiB\nTo do: take fewer nodes",
  ],
  [
    new SpecError([{ path: "run.repeat", message: "expected 1..100, got 0" }]),
    "run.repeat: expected 1..100, got 0",
  ],
])(
  "an expected failure is shown by its message, with no stack to be coloured",
  async (error, message) => {
    const shown = await thrown(error);
    expect(pulumi.RunError.isInstance(shown)).toBe(true);
    expect(shown.message).toBe(message);
    expect(shown.stack).toBeUndefined();
  },
);

test("an unexpected error keeps its stack", async () => {
  const error = new TypeError("a bug");
  expect(await thrown(error)).toBe(error);
  expect(error.stack).toContain("refusal.test");
});
