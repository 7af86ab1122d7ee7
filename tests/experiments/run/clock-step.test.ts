import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { stepScript } from "../../../experiments/run/clock";

test.each([409.25, -1250.5, 0.5])("the clock is moved by %f ms", (byMs) => {
  const script = `date() { command date -d "$2" +%s.%N; }; echo "$EPOCHREALTIME"; ${stepScript(byMs)}`;
  const [before = "", after = ""] = execFileSync("bash", ["-c", script], { encoding: "utf8" })
    .trim()
    .split("\n");
  const movedMs = (Number(after) - Number(before)) * 1000;
  expect(movedMs).toBeGreaterThanOrEqual(byMs - 0.01);
  expect(movedMs).toBeLessThan(byMs + 1000);
});
