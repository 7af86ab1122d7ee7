import { expect, test } from "vitest";
import { diagnosis } from "../../../campaigns/drive/diagnosis";

const output = `Updating (first-42fdab19):
 +  command:remote:Command volcano creating (20s) error: command failed on 10.77.25.10
Diagnostics:
  pulumi:pulumi:Stack (schedlab-first-42fdab19):
    warning: an old answer
    error: update failed

  command:remote:Command (volcano):
    error: command failed on 10.77.25.10: Process exited with status 1:
    panic: too many open files

    goroutine 1 [running]:

Resources:
    + 20 created
    2 errored

Duration: 1m10s
`;

test("the errors of Pulumi's diagnostics are shown, not that the update failed", () => {
  expect(diagnosis(output)).toBe(
    [
      "error: command failed on 10.77.25.10: Process exited with status 1:",
      "panic: too many open files",
      "goroutine 1 [running]:",
    ].join("\n"),
  );
});

test("the last diagnostics count where a stack was updated twice", () => {
  const later = output.replace("too many open files", "no memory");
  expect(diagnosis(`${output}${later}`)).toContain("no memory");
  expect(diagnosis(`${output}${later}`)).not.toContain("too many open files");
});

test("the end of the output is shown where there are no diagnostics", () => {
  expect(diagnosis("first\nlast\n")).toBe("first\nlast");
  expect(diagnosis("Diagnostics:\n  a:b (c):\n    error: update failed\n")).toContain(
    "error: update failed",
  );
});
