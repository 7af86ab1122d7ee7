import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { stepScript } from "../../../experiments/run/clock";

test.each([409.25, -1250.5, 0.5])("the clock is moved by %f ms", (byMs) => {
  const script = `date() { echo "$2" >&2; }; echo "$EPOCHREALTIME"; { ${stepScript(byMs)}; } 2>&1`;
  const [before = "", after = ""] = execFileSync("bash", ["-c", script], { encoding: "utf8" })
    .trim()
    .split("\n");
  const movedMs = (Number(after.slice(1)) - Number(before)) * 1000;
  expect(movedMs).toBeGreaterThanOrEqual(byMs - 0.01);
  expect(movedMs).toBeLessThan(byMs + 1000);
});
