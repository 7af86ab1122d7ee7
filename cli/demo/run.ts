import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { z } from "zod";
import { comparableRuns, readResults } from "../../analysis/results";
import { resultsTable } from "../../analysis/results-table";
import { SpecError } from "../../spec/problems";
import type { ExperimentSpec } from "../../spec/spec";
import { abortOnInterrupt } from "../interrupt";
import { Phases } from "../phases";
import { reportTo } from "../progress";
import type { PulumiCli } from "../pulumi/cli";
import { refuseStaleLock } from "../pulumi/locks";
import { setUp } from "../setup";
import { readStackFile, stackFile, validateFile } from "../stack-file";
import { type Overrides, overrideCommands, withOverrides } from "./overrides";

export interface DemoOptions extends Overrides {
  readonly stack: string;
  readonly destroy?: boolean;
}

/** @throws SpecError with every problem of the stack file as it will be used. */
async function checkedSpec(file: string): Promise<ExperimentSpec> {
  const checked = await validateFile(file);
  if (!checked.valid) throw new SpecError([...checked.problems]);
  if (checked.spec !== undefined) return checked.spec;
  throw new SpecError(
    checked.encrypted.map((at) => ({
      path: at,
      message: "encrypted, and the demo needs its value",
    })),
  );
}

/** The file that Pulumi reads: the stack's own, or a copy with this run's changes. */
async function writeConfig(options: DemoOptions, directory: string): Promise<string> {
  const trace = options.trace === undefined ? {} : { trace: path.resolve(options.trace) };
  const text = await readStackFile(stackFile(options.stack));
  const file = path.join(directory, `Pulumi.${options.stack}.yaml`);
  await writeFile(file, withOverrides(text, { ...options, ...trace }), { mode: 0o600 });
  return file;
}

const stacksSchema = z.array(z.object({ name: z.string(), resourceCount: z.number().optional() }));

/** Whether nothing of the stack exists yet. */
async function isEmpty(pulumi: PulumiCli, stack: string): Promise<boolean> {
  const stacks = stacksSchema.parse(JSON.parse(await pulumi.read("stack", "ls", "--json")));
  return !stacks.some(({ name, resourceCount = 0 }) => name === stack && resourceCount > 0);
}

function nextSteps({ stack }: DemoOptions): string {
  return [
    "What you can do now:",
    '  eval "$(npx schedlab env)"              plain Pulumi works in this shell',
    `  pulumi up -s ${stack}                        nothing to change: nothing happens`,
    `  pulumi config set -s ${stack} --path schedlab:topology.nodes.count 3 && pulumi up -s ${stack}`,
    "  npx schedlab results                    the table again",
    `  pulumi destroy -s ${stack}                   take it all down; the measurements stay`,
    `  pulumi cancel -s ${stack} --yes              after a pulumi was killed, which leaves the stack locked`,
  ].join("\n");
}

/**
 * From a fresh clone to the table of a measured run. When it is interrupted, it takes down a stack that
 * it had begun to build.
 */
export async function runDemo(options: DemoOptions): Promise<void> {
  const report = reportTo();
  const phases = new Phases();
  const interrupted = abortOnInterrupt();
  const scratch = await mkdtemp(path.join(tmpdir(), "schedlab-demo-"));
  try {
    await checkedSpec(await writeConfig(options, scratch));
    refuseStaleLock(options.stack);
    const { pulumi } = await setUp(report, phases);
    interrupted.throwIfAborted();
    await pulumi.read("stack", "select", "--create", options.stack);
    const fresh = await isEmpty(pulumi, options.stack);
    // Selecting a new stack adds its encryption salt to the stack file: copy that too.
    const config = await writeConfig(options, scratch);
    const { run } = await checkedSpec(config);
    const target = ["--stack", options.stack, "--config-file", config];
    try {
      await phases.run("pulumi up", () => pulumi.show("up", "--yes", "--skip-preview", ...target));
    } catch (error) {
      if (!interrupted.aborted) throw error;
      if (fresh) {
        report("interrupted: taking down what had been built");
        await pulumi.show("destroy", "--yes", "--skip-preview", ...target);
      }
      throw interrupted.reason;
    }
    console.log(resultsTable(await readResults(run.store), await comparableRuns(run.store)));
    if (options.destroy) {
      await phases.run("pulumi destroy", () =>
        pulumi.show("destroy", "--yes", "--skip-preview", ...target),
      );
    }
    console.log(phases.table());
    const changes = overrideCommands(options, options.stack);
    if (changes.length > 0) {
      console.log(`Changes of this run only; to keep them:\n  ${changes.join("\n  ")}`);
    }
    if (!options.destroy) console.log(nextSteps(options));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
