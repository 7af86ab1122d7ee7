import { describe, expect, it } from "vitest";
import { handleSchema } from "../../infra/handle";
import { exampleHandle } from "./example-handle";

describe("handleSchema", () => {
  it("reads back what was written as JSON, the spec unchanged", () => {
    expect(handleSchema.parse(JSON.parse(JSON.stringify(exampleHandle)))).toEqual(exampleHandle);
  });

  it("refuses another version and unknown keys", () => {
    expect(handleSchema.safeParse({ ...exampleHandle, version: 2 }).success).toBe(false);
    expect(handleSchema.safeParse({ ...exampleHandle, extra: true }).success).toBe(false);
  });
});
