import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { directoryHash, programHash } from "../../../workloads/hpcg/hash";
import { parseHpcg } from "../../../workloads/hpcg/output";
import { hpcgInput, planHpcg } from "../../../workloads/hpcg/plan";
import { hpcgDirectory } from "../../../workloads/hpcg/program";
import type { Task } from "../../../workloads/task";

const plan = { nx: 32, ny: 32, nz: 32, seconds: 60 };

test("the local grid is a cube of multiples of 8, at least 16, and fits the memory", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 16, max: 65_536 }),
      fc.double({ min: 0.01, max: 0.7, noNaN: true }),
      (memoryPerCoreMiB, memoryShare) => {
        const { nx, ny, nz } = planHpcg({ memoryPerCoreMiB, memoryShare, seconds: 60 });
        const bytes = memoryShare * memoryPerCoreMiB * 1024 * 1024;
        expect([ny, nz]).toEqual([nx, nx]);
        expect(nx % 8).toBe(0);
        expect(nx).toBeGreaterThanOrEqual(16);
        expect(nx === 16 || nx ** 3 * 1000 <= bytes * 1.0001).toBe(true);
        expect((nx + 8) ** 3 * 1000).toBeGreaterThan(bytes);
      },
    ),
  );
});

test("hpcg.dat is as in the golden file", () => {
  const file = path.join(__dirname, "golden", "hpcg.dat");
  const planned = planHpcg({ memoryPerCoreMiB: 256, memoryShare: 0.25, seconds: 60 });
  expect(hpcgInput(planned)).toBe(fs.readFileSync(file, "utf8"));
});

// Not written by HPCG, which the nodes do not have: made by hand in the form of its version 3.1.
const imitation = (summary: string, side = 32) =>
  [
    "HPCG-Benchmark",
    "Release date=March 28, 2019",
    "Machine Summary=",
    "Machine Summary::Distributed Processes=4",
    "Local Domain Dimensions=",
    `Local Domain Dimensions::nx=${side}`,
    "Local Domain Dimensions::ny=32",
    "Local Domain Dimensions::nz=32",
    "Reproducibility Information::Scaled residual mean=1.5e-05",
    "Benchmark Time Summary=",
    "Benchmark Time Summary::Total=61.25",
    "Final Summary=",
    summary,
    "",
  ].join("\n");

const valid = "Final Summary::HPCG result is VALID with a GFLOP/s rating of=1.21341";

test("a result that HPCG calls valid has its rating, time and residual", () => {
  expect(parseHpcg(imitation(valid), plan)).toEqual({
    gflops: 1.21341,
    seconds: 61.25,
    residual: 1.5e-5,
    passed: true,
    reason: null,
  });
});

test("a result that HPCG calls invalid, an odd grid and a missing summary do not pass", () => {
  const reason = (text: string) => {
    const { passed, reason: why } = parseHpcg(text, plan);
    expect(passed).toBe(false);
    return why;
  };
  expect(reason(imitation("Final Summary::HPCG result is=INVALID."))).toBe(
    "HPCG calls its result INVALID.",
  );
  expect(reason(imitation(valid, 16))).toBe(
    "HPCG ran a local grid of 16 x 32 x 32, which was not planned",
  );
  expect(reason(imitation(""))).toBe("HPCG's output has no final summary");
  expect(reason(imitation(`${valid.split("=")[0]}=nan`))).toBe(
    "HPCG's output has no final summary",
  );
});

test("arbitrary text never passes", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 500 }), (text) => {
      expect(parseHpcg(text, plan).passed).toBe(false);
    }),
  );
});

let directory: string;
beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), "hpcg-"));
});
afterEach(() => fs.rmSync(directory, { recursive: true }));

test("what is missing is said, with what to provide", async () => {
  await expect(hpcgDirectory(undefined, "/")).rejects.toMatchObject({
    message: "the workload hpcg needs HPCG, and program.directory is not set",
    remedy: expect.stringMatching(/Build HPCG 3\.1 .* Open MPI 5 .* directory that holds xhpcg/),
  });
  const file = path.join(directory, "xhpcg");
  await expect(hpcgDirectory(directory, "/")).rejects.toThrow(`${file} is no program`);
  fs.writeFileSync(file, "#!/bin/sh\n");
  await expect(hpcgDirectory(directory, "/")).rejects.toThrow(`${file} is no program`);
  fs.chmodSync(file, 0o755);
  await expect(hpcgDirectory(directory, "/")).rejects.toThrow(`${file} is no Linux program (ELF)`);
  fs.rmSync(file);
  fs.mkdirSync(file);
  await expect(hpcgDirectory(directory, "/")).rejects.toThrow(`${file} is no Linux program (ELF)`);
});

test("a program is taken by a path from the project's directory on", async () => {
  fs.copyFileSync("/bin/true", path.join(directory, "xhpcg"));
  const { dir, base } = path.parse(directory);
  expect(await hpcgDirectory(base, dir)).toBe(directory);
});

test("a program's hash changes with content, name, executable bit and link, not with dates", async () => {
  const file = path.join(directory, "xhpcg");
  fs.writeFileSync(file, "program");
  fs.mkdirSync(path.join(directory, "lib"));
  fs.writeFileSync(path.join(directory, "lib", "a.so"), "library");
  const link = path.join(directory, "b.so");
  fs.symlinkSync("lib/a.so", link);
  const seen = [await directoryHash(directory)];
  expect(seen[0]).toMatch(/^[0-9a-f]{64}$/);
  fs.utimesSync(file, 1, 1);
  expect(await directoryHash(directory)).toBe(seen[0]);

  const changes = [
    () => fs.writeFileSync(path.join(directory, "lib", "a.so"), "other"),
    () => fs.chmodSync(file, 0o755),
    () => fs.renameSync(file, path.join(directory, "renamed")),
    () => fs.mkdirSync(path.join(directory, "empty")),
    () => {
      fs.rmSync(link);
      fs.symlinkSync("elsewhere", link);
    },
  ];
  for (const change of changes) {
    change();
    seen.push(await directoryHash(directory));
  }
  expect(new Set(seen).size).toBe(changes.length + 1);
});

test("a directory that is too large to copy is refused before anything is made", async () => {
  const file = path.join(directory, "xhpcg");
  fs.writeFileSync(file, "");
  fs.truncateSync(file, 65 * 1024 * 1024);
  await expect(directoryHash(directory)).rejects.toThrow(`${directory} holds more than 64 MiB`);
});

test("the hash of several programs does not depend on their order, nor on how many jobs run them", () => {
  const task = (hash: string): Task => ({
    kind: "hpcg",
    program: { from: "directory", directory: "/opt/hpcg", hash },
    ...plan,
  });
  expect(programHash([{ kind: "sleep" }])).toBeNull();
  expect(programHash([task("a"), { kind: "spin" }, task("a")])).toBe("a");
  const both = programHash([task("a"), task("b")]);
  expect(both).toMatch(/^[0-9a-f]{64}$/);
  expect(programHash([task("b"), task("a"), task("b")])).toBe(both);
});
