import { readdirSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { endToEndOrder } from "./sequencer.mts";

test("every end-to-end test has its place in the order", () => {
  const files = readdirSync(path.join(__dirname, "e2e")).filter((name) =>
    name.endsWith(".test.ts"),
  );
  expect(files.map((name) => `tests/e2e/${name}`).toSorted()).toEqual(endToEndOrder.toSorted());
});
