import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parseDocument } from "yaml";
import { repoRoot } from "../../base/paths";
import { validateFile } from "../../cli/stack-file";
import { planCluster } from "../../infra/plan";
import { checkWorkload } from "../../infra/workload";
import type { ExperimentSpec } from "../../spec/spec";
import { line, logFile } from "../workloads/swf-fixture";

const folder = path.join(repoRoot, "examples");
const files = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
const stackOf = (file: string) => file.replace(/^Pulumi\.(.*)\.yaml$/, "$1");
const read = (file: string) => readFileSync(path.join(folder, file), "utf8");

/** The commands of the first lines, in their order. */
function commandsOf(file: string): string[] {
  return [...read(file).matchAll(/^# {3}(\S.*)$/gm)].map(([, command = ""]) => command);
}

/** The file's text after each command that changes a key, and as it is. */
function variantsOf(file: string): string[] {
  const document = parseDocument(read(file));
  const variants = [String(document)];
  for (const command of commandsOf(file)) {
    const [, verb, key = "", value] =
      /^pulumi config (set|rm) -s \S+ --path schedlab:(\S+)(?: (\S+))?$/.exec(command) ?? [];
    if (verb === undefined) continue;
    const [section = "", ...below] = key.split(".");
    const place = ["config", `schedlab:${section}`, ...below];
    if (verb === "rm") expect(document.deleteIn(place)).toBe(true);
    // Pulumi writes a number as a number.
    else document.setIn(place, Number.isNaN(Number(value)) ? value : Number(value));
    variants.push(String(document));
  }
  return variants;
}

/** As `schedlab validate` reads it. */
async function specOf(text: string): Promise<ExperimentSpec> {
  const checked = await validateFile(logFile(text, "Pulumi.example.yaml"));
  expect(checked.problems).toEqual([]);
  if (!checked.valid || checked.spec === undefined) throw new Error("a valid file has no tuple");
  return checked.spec;
}

/** Logs that readers bring themselves, here one of two jobs. */
function withLog(spec: ExperimentSpec): ExperimentSpec {
  const { workload } = spec;
  if (workload.kind !== "trace" || workload.file === undefined) return spec;
  const file = logFile(`; MaxProcs: 64\n${line(1, 0)}\n${line(2, 5)}\n`);
  return { ...spec, workload: { ...workload, file } };
}

test("there is a file for each question, and each is in docs/examples.md with a section", () => {
  expect(files.length).toBeGreaterThanOrEqual(8);
  const page = readFileSync(path.join(repoRoot, "docs", "examples.md"), "utf8");
  for (const file of files) expect(page).toContain(`\`examples/${file}\``);
});

describe.each(files)("%s", (file) => {
  test("begins with its question and commands that make its own stack", () => {
    const text = read(file);
    expect(text).toMatch(/^# Question: .+\?\n#\n/);
    const commands = commandsOf(file);
    expect(commands).toContain(`cp examples/${file} .`);
    expect(commands).toContain(`pulumi stack init ${stackOf(file)}`);
    expect(commands).toContain(`pulumi up -s ${stackOf(file)} --yes`);
    for (const command of commands) {
      const [, stack = stackOf(file)] = / -s (\S+)/.exec(command) ?? [];
      expect([command, stack]).toEqual([command, stackOf(file)]);
      expect(command).toMatch(/^(cp|npx schedlab|pulumi (up|stack init|config (set|rm))) /);
    }
    expect(text).not.toContain("encryptionsalt");
  });

  test("is valid as it is and after every change, and every variant is another tuple", async () => {
    const variants = variantsOf(file);
    const changes = commandsOf(file).filter((command) => command.startsWith("pulumi config"));
    expect(variants).toHaveLength(changes.length + 1);
    const tuples = (await Promise.all(variants.map(specOf))).map((spec) => JSON.stringify(spec));
    expect(new Set(tuples).size).toBe(variants.length);
  });

  test("has jobs that its cluster can run, and the same ones in every variant", async () => {
    const planned = [];
    for (const text of variantsOf(file)) {
      const spec = withLog(await specOf(text));
      const cluster = planCluster(spec, { stack: stackOf(file) });
      planned.push((await checkWorkload(spec, cluster)).jobs);
    }
    expect(planned[0]?.length).toBeGreaterThan(1);
    for (const jobs of planned) expect(jobs).toEqual(planned[0]);
  });
});
