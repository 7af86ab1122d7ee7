import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir, totalmem } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { z } from "zod";
import { Failure } from "../base/failure";
import { repoRoot } from "../base/paths";
import { exitCodeOf, failureText } from "./failure-text";
import { Phases } from "./phases";
import { reportTo } from "./progress";
import { setUp } from "./setup";

const vitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numFailedTestSuites: z.number(),
});

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/** Runs a tool of node_modules with its output on the terminal. @throws Failure when it fails. */
async function tool(name: string, ...args: string[]): Promise<void> {
  const { exitCode } = await execa(name, args, {
    cwd: repoRoot,
    preferLocal: true,
    stdio: "inherit",
    reject: false,
  });
  if (exitCode !== 0) throw new Failure(`${name} ${args.join(" ")} failed`);
}

/** Clusters share the host's cores. */
const oneAtATime = "--no-file-parallelism";

/** End-to-end tests that wait for most of their time. */
const sideBySide = ["contract-", "chaos"];

/** Each makes a cluster of 4 GiB, and waits for most of its time: they may run side by side. */
const bothContracts = 12 * 1024 ** 3;

/** Runs vitest and adds its counts; a suite that could not even load counts as one failure. */
async function vitest(
  tally: Tally,
  scratch: string,
  environment: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<void> {
  const outputFile = path.join(scratch, `vitest-${tally.passed}-${args.length}.json`);
  const { exitCode } = await execa(
    "vitest",
    ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${outputFile}`, ...args],
    { cwd: repoRoot, preferLocal: true, stdio: "inherit", reject: false, env: { ...environment } },
  );
  const counts = vitestReport.parse(JSON.parse(await readFile(outputFile, "utf8")));
  tally.passed += counts.numPassedTests;
  tally.skipped += counts.numPendingTests;
  tally.failed += counts.numFailedTests;
  if (exitCode !== 0 && counts.numFailedTests === 0)
    tally.failed += Math.max(1, counts.numFailedTestSuites);
}

async function testAll(patterns: readonly string[], tally: Tally, phases: Phases): Promise<void> {
  const report = reportTo(process.stdout);
  const scratch = await mkdtemp(path.join(tmpdir(), "schedlab-test-"));
  try {
    const { environment } = await setUp(report, phases);
    if (patterns.length > 0) {
      await phases.run("chosen tests", () =>
        vitest(tally, scratch, environment, [oneAtATime, ...patterns]),
      );
      return;
    }
    await phases.run("lint, type check", () =>
      Promise.all([tool("biome", "check", "--error-on-warnings", "."), tool("tsc", "--noEmit")]),
    );
    await phases.run("unit tests", () =>
      vitest(tally, scratch, environment, ["--exclude=tests/e2e/**"]),
    );
    await phases.run("end-to-end tests", () =>
      vitest(tally, scratch, environment, [
        oneAtATime,
        ...sideBySide.map((name) => `--exclude=**/${name}*`),
        "tests/e2e",
      ]),
    );
    await phases.run("scheduler contracts, chaos", () =>
      vitest(tally, scratch, environment, [
        ...(totalmem() > bothContracts ? [] : [oneAtATime]),
        ...sideBySide.map((name) => `tests/e2e/${name}`),
      ]),
    );
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** `npm test`: set-up, lint, types, unit and end-to-end tests; or only the tests of the given paths. */
export async function main(patterns: readonly string[]): Promise<void> {
  const tally: Tally = { passed: 0, failed: 0, skipped: 0 };
  const phases = new Phases();
  try {
    await testAll(patterns, tally, phases);
  } catch (error) {
    tally.failed += 1;
    console.error(failureText(error));
    process.exitCode = exitCodeOf(error);
  }
  console.log(phases.table());
  console.log(`${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`);
  if (tally.failed > 0) process.exitCode ||= 1;
}
