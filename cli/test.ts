import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir, totalmem } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { Failure } from "../base/failure";
import { repoRoot } from "../base/paths";
import { ensureTestPackages } from "../host/test-packages";
import { exitCodeOf, failureText } from "./failure-text";
import { Phases } from "./phases";
import { reportTo } from "./progress";
import { setUp } from "./setup";
import { failedLines, type Outcome, outcomeSchema, skippedLines } from "./test-outcome";

/** Runs npm, or a tool of node_modules, with its output on the terminal. @throws Failure when it fails. */
async function tool(name: string, ...args: string[]): Promise<void> {
  const { exitCode } = await execa(name, args, {
    cwd: repoRoot,
    preferLocal: true,
    stdio: "inherit",
    reject: false,
  });
  if (exitCode !== 0) throw new Failure(`${name} ${args.join(" ")} failed`);
}

/**
 * Files of unit tests share their process: loading the program anew for each would take more time than
 * most files' tests. tests/tidy.ts undoes what one leaves there.
 */
const unitTests = ["--no-isolate", "--exclude=tests/e2e/**"];

/** Clusters share the host's cores. */
const oneAtATime = "--no-file-parallelism";

/** End-to-end tests wait for most of their time; a third beside two made the whole no faster on two cores. */
const mostClusters = 2;
/** Memory of the host that one of them may take: a cluster of 4 GiB and what builds it. */
const clusterBytes = 6 * 1024 ** 3;
const clustersAtOnce = Math.max(1, Math.min(mostClusters, Math.floor(totalmem() / clusterBytes)));

/** Runs vitest and adds its counts. */
async function vitest(
  outcomes: Outcome[],
  scratch: string,
  environment: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<void> {
  const file = path.join(scratch, `outcome-${outcomes.length}.json`);
  const { exitCode } = await execa(
    "vitest",
    [
      ...["run", "--reporter=default", "--reporter=./tests/outcome-reporter.ts"],
      ...[`--outputFile.outcome=${file}`, ...args],
    ],
    { cwd: repoRoot, preferLocal: true, stdio: "inherit", reject: false, env: { ...environment } },
  );
  const outcome = outcomeSchema.parse(JSON.parse(await readFile(file, "utf8")));
  const failed =
    exitCode !== 0 && outcome.failed.length === 0
      ? [{ file: "vitest", test: null, error: "an error outside of every test" }]
      : outcome.failed;
  outcomes.push({ ...outcome, failed });
}

async function testAll(
  { patterns, quick }: { patterns: readonly string[]; quick: boolean },
  outcomes: Outcome[],
  phases: Phases,
): Promise<void> {
  const report = reportTo(process.stdout);
  const scratch = await mkdtemp(path.join(tmpdir(), "schedlab-test-"));
  try {
    const { environment } = await setUp(report, phases);
    await phases.run("packages for tests", () => ensureTestPackages(report));
    const environmentOfTests = { ...environment, SCHEDLAB_TEST_QUICK: quick ? "1" : "0" };
    const run = (...args: string[]) => vitest(outcomes, scratch, environmentOfTests, args);
    if (patterns.length > 0) {
      await phases.run("chosen tests", () => run(oneAtATime, ...patterns));
      return;
    }
    await phases.run("lint, type check", () =>
      Promise.all([tool("npm", "run", "--silent", "lint"), tool("tsc", "--noEmit")]),
    );
    await phases.run("unit tests", () => run(...unitTests));
    if (quick) return;
    await phases.run("end-to-end tests", () => run(`--maxWorkers=${clustersAtOnce}`, "tests/e2e"));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/**
 * `npm test`: set-up, lint, types, unit and end-to-end tests; or only the tests of the given paths.
 * `npm run test:quick` leaves the end-to-end tests out and tries properties on fewer cases.
 */
export async function main(args: readonly string[]): Promise<void> {
  const quick = args.includes("--quick");
  const patterns = args.filter((arg) => arg !== "--quick");
  const outcomes: Outcome[] = [];
  const phases = new Phases();
  let broken = 0;
  try {
    await testAll({ patterns, quick }, outcomes, phases);
  } catch (error) {
    broken = 1;
    console.error(failureText(error));
    process.exitCode = exitCodeOf(error);
  }
  const skipped = outcomes.flatMap((outcome) => outcome.skipped);
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
  const failures = outcomes.flatMap((outcome) => outcome.failed);
  const failed = failures.length + broken;
  console.log(phases.table());
  if (skipped.length > 0) console.log(["Skipped:", ...skippedLines(skipped)].join("\n"));
  if (failures.length > 0) console.log(["Failed:", ...failedLines(failures)].join("\n"));
  console.log(`${passed} passed, ${failed} failed, ${skipped.length} skipped`);
  if (quick)
    console.log("Not run: the end-to-end tests, and most cases of the properties (npm test).");
  if (failed > 0) process.exitCode ||= 1;
}
