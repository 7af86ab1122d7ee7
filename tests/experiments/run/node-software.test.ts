import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { parseSoftware, softwareScript } from "../../../experiments/run/node-software";
import { jobPackages } from "../../../experiments/schedulers/job-packages";

test("software is named with its versions, in an order of its own", () => {
  const lines = [
    "suite trixie",
    "libc6 2.41-12",
    "bash 5.2.37-2",
    "libopenmpi3 ",
    "",
    "hpcc 1.5.0-3",
  ];
  expect(parseSoftware(lines)).toBe(
    '{"bash":"5.2.37-2","hpcc":"1.5.0-3","libc6":"2.41-12","suite":"trixie"}',
  );
  expect(parseSoftware(lines.toReversed())).toBe(parseSoftware(lines));
});

test("a node that cannot say has unknown software", () => {
  expect(parseSoftware([""])).toBeNull();
});

test("the script asks dpkg, and does without", () => {
  const run = (path: string) =>
    spawnSync("/bin/bash", ["-ec", softwareScript(jobPackages)], {
      env: { PATH: path },
      encoding: "utf8",
    });
  const without = run("/nonexistent");
  expect([without.status, without.stdout]).toEqual([0, ""]);
  const { status, stdout } = run("/usr/bin:/bin");
  expect(status).toBe(0);
  // Where there is dpkg, the C library is a package.
  if (stdout !== "") expect(parseSoftware(stdout.split("\n"))).toMatch(/"libc6":"[\d.]+/);
});
