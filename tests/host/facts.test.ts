import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { hostFacts, parseMeminfo } from "../../host/facts";

test("memory is read in MiB", () => {
  expect(
    parseMeminfo("MemTotal:       2097152 kB\nMemFree:  1 kB\nMemAvailable:    524288 kB\n"),
  ).toEqual({ totalMiB: 2048, availableMiB: 512 });
});

test("facts of a directory that does not exist yet are those of its file system", async () => {
  const facts = await hostFacts(path.join(tmpdir(), "no", "such", "directory"));
  expect(facts.freeDiskGiB).toBeGreaterThan(0);
  expect(facts.cores).toBeGreaterThanOrEqual(1);
  expect(facts.memoryMiB).toBeLessThanOrEqual(facts.totalMemoryMiB);
});
