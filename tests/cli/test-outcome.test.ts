import { expect, test } from "vitest";
import { failedLines, skippedLines } from "../../cli/test-outcome";
import { failedTest, skipReason } from "../outcome-reporter";

test("every reason stands once, with how many tests of which files it keeps from running", () => {
  const sshd = "/usr/sbin/sshd is not installed";
  expect(
    skippedLines([
      { file: "tests/a.test.ts", reason: "no ../shared/traces" },
      { file: "tests/b.test.ts", reason: sshd },
      { file: "tests/c.test.ts", reason: sshd },
      { file: "tests/c.test.ts", reason: sshd },
    ]),
  ).toEqual([
    `${sshd}:`,
    "  2 tests of tests/c.test.ts",
    "  1 test of tests/b.test.ts",
    "no ../shared/traces:",
    "  1 test of tests/a.test.ts",
  ]);
});

test.each([
  ["a stack (skipped: domains need root) > comes up", undefined, false, "domains need root"],
  ["comes up", "kubelet is not cached", false, "kubelet is not cached"],
  ["comes up", undefined, true, "the set-up of their group failed"],
  ["comes up", undefined, false, "no reason given"],
])("the reason of %s, %s, %s is: %s", (title, note, setUpFailed, reason) => {
  expect(skipReason(title, note, setUpFailed)).toBe(reason);
});

test("every failed test and every file that cannot be loaded stands with the first line of its error", () => {
  const assertion = { message: "expected 1 to be 2\n\n- 2\n+ 1" };
  expect(
    failedLines([
      failedTest("tests/a.test.ts", "a stack > comes up", [assertion]),
      failedTest("tests/b.test.ts", null, [{ message: "Unexpected token" }]),
      failedTest("tests/c.test.ts", "ends", undefined),
    ]),
  ).toEqual([
    "  tests/a.test.ts > a stack > comes up: expected 1 to be 2",
    "  tests/b.test.ts: Unexpected token",
    "  tests/c.test.ts > ends: no error given",
  ]);
});
