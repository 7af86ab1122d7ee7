import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { repoRoot } from "../../base/paths";

const outcomeSchema = z.object({ code: z.number(), stdout: z.string(), stderr: z.string() });
type Outcome = z.infer<typeof outcomeSchema>;

const options = { cwd: repoRoot, reject: false, timeout: 60_000 } as const;

const badConfig = `
config:
  schedlab:topology:
    nodes: { count: 0, proflie: cpu1 }
  schedlab:run:
    repeat: many
`;
const secret = "PRIVATE-KEY-OF-A-NODE";

let directory: string;
const at = (name: string) => path.join(directory, name);
/** By name; all are run in one process, in this order. */
let outcomes: Record<string, Outcome>;

function outcome(name: string): Outcome {
  const found = outcomes[name];
  if (found === undefined) throw new Error(`${name} was not run`);
  return found;
}

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "schedlab-cli-"));
  await writeFile(at("bad.yaml"), badConfig);
  await writeFile(at("broken.yaml"), "config: [1\n");
  await writeFile(at("handle.json"), JSON.stringify({ cluster: { privateKey: secret } }));
  await writeFile(at("handle.txt"), `not JSON: ${secret}`);
  const commands: Record<string, string[]> = {
    "unknown command": ["nope"],
    "unknown option": ["validate", "--jsn"],
    "missing option": ["run"],
    "missing argument": ["query"],
    "wrong choice": ["demo", "--domain", "xen"],
    "no command": [],
    dev: ["validate"],
    large: ["validate", "--stack", "large", "--json"],
    bad: ["validate", at("bad.yaml")],
    "bad as JSON": ["validate", at("bad.yaml"), "--json"],
    "unknown stack": ["validate", "--stack", "nope"],
    broken: ["validate", at("broken.yaml")],
    results: ["results", "--store", at("missing.duckdb")],
    query: ["query", "SELECT 1", "--store", at("missing.duckdb")],
    "handle of another kind": ["run", "--handle", at("handle.json"), "--runs", directory],
    "handle not JSON": ["run", "--handle", at("handle.txt"), "--runs", directory],
    clean: ["clean", "--stack", "never-was"],
    "clean as JSON": ["clean", "-s", "never-was", "--json"],
    "clean without a stack": ["clean", "--yes"],
    sweep: ["sweep", "--remove", "--stack", "never-was"],
  };
  const { stdout, stderr } = await execa("node", ["--import", "tsx", "tests/cli/several.ts"], {
    ...options,
    input: JSON.stringify(Object.values(commands)),
  });
  if (stdout === "") throw new Error(stderr);
  const ran = z.array(outcomeSchema).parse(JSON.parse(stdout));
  outcomes = Object.fromEntries(
    Object.keys(commands).flatMap((name, index) => {
      const found = ran[index];
      return found === undefined ? [] : [[name, found]];
    }),
  );
}, 120_000);

afterAll(() => rm(directory, { recursive: true, force: true }));

test("the program hands its exit code to the shell, and its help names every command", async () => {
  const schedlab = (...args: string[]) => execa("node", ["bin/schedlab.js", ...args], options);
  const [help, wrong] = await Promise.all([schedlab("--help"), schedlab("nope")]);
  expect([help.exitCode, wrong.exitCode]).toEqual([0, 2]);
  for (const name of ["demo", "doctor", "env", "validate", "results", "query", "load", "clean"]) {
    expect(help.stdout).toMatch(new RegExp(`^  ${name} `, "m"));
  }
}, 60_000);

test.each([
  ["unknown command", "unknown command 'nope'"],
  ["unknown option", "unknown option '--jsn'"],
  ["missing option", "say which cluster: --stack NAME, or --handle FILE"],
  ["missing argument", "missing required argument 'sql'"],
  ["wrong choice", "Allowed choices are auto, kvm, lxc, qemu"],
  ["no command", "Usage: schedlab"],
])("wrong use, %s: exit code 2", (name, message) => {
  const { code, stdout, stderr } = outcome(name);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(message);
});

describe("validate", () => {
  test("accepts the stacks that come with the project", () => {
    const dev = outcome("dev");
    expect([dev.code, dev.stdout]).toEqual([
      0,
      expect.stringMatching(/Pulumi\.dev\.yaml: valid\n$/),
    ]);
    const large = outcome("large");
    expect(large.code).toBe(0);
    expect(JSON.parse(large.stdout)).toMatchObject({
      valid: true,
      problems: [],
      spec: { topology: { pools: { gpu: { count: 4 } } }, scheduler: { kind: "slurm" } },
    });
  });

  test("lists every problem of a file with its path", () => {
    const { code, stderr } = outcome("bad");
    expect(code).toBe(1);
    expect(stderr.trim().split("\n").sort()).toEqual([
      'run.repeat: expected 1..100, got "many"',
      "topology.nodes.count: expected 1..64, got 0",
      'topology.nodes.proflie: unknown key, did you mean "profile"?',
    ]);
    const json = outcome("bad as JSON");
    expect(json.code).toBe(1);
    const { valid, problems } = JSON.parse(json.stdout);
    expect([valid, problems.length]).toEqual([false, 3]);
    expect(problems).toContainEqual({
      path: "topology.nodes.count",
      message: "expected 1..64, got 0",
    });
  });

  test("says which file of an unknown stack it looked for", () => {
    const { code, stderr } = outcome("unknown stack");
    expect(code).toBe(1);
    expect(stderr).toMatch(/cannot read .*Pulumi\.nope\.yaml/);
    expect(stderr).toContain("to do: name a stack");
  });

  test("says where a file is not YAML, without a stack trace", () => {
    const { code, stderr } = outcome("broken");
    expect(code).toBe(1);
    expect(stderr).toMatch(/broken\.yaml is not YAML: .* at line \d+/);
    expect(stderr).not.toMatch(/^\W*at .*\(/m);
  });
});

test.each(["results", "query"])(
  "%s of a store that is not there says so, and makes none",
  (name) => {
    const { code, stdout, stderr } = outcome(name);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(`there is no store at ${at("missing.duckdb")}`);
    expect(stderr).toContain("to do: run an experiment first");
    expect(existsSync(at("missing.duckdb"))).toBe(false);
  },
);

test.each(["handle of another kind", "handle not JSON"])(
  "run refuses a %s, and does not show what it holds",
  (name) => {
    const { code, stderr } = outcome(name);
    expect(code).toBe(1);
    expect(stderr).toContain("error: the handle is not");
    expect(stderr).not.toContain(secret);
  },
);

test("clean finds nothing of a stack that never was, and asks nothing", () => {
  expect(outcome("clean")).toEqual({ code: 0, stdout: "nothing is left\n", stderr: "" });
  expect(JSON.parse(outcome("clean as JSON").stdout)).toEqual({
    stack: "never-was",
    found: [],
    doubtful: [],
    locks: [],
    broken: [],
    roots: [],
    mended: false,
    cancelled: false,
    removed: false,
  });
});

test("clean removes nothing without the name of a stack", () => {
  const { code, stderr } = outcome("clean without a stack");
  expect(code).toBe(1);
  expect(stderr).toContain("nothing is removed without the name of a stack");
});

test("sweep, which the state of older stacks calls, still works and says its new name", () => {
  expect(outcome("sweep")).toEqual({
    code: 0,
    stdout: "nothing is left\n",
    stderr: "schedlab sweep is now called schedlab clean\n",
  });
});
