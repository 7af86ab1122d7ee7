import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  EVENTS_FILE,
  type JobBody,
  OUTPUT_DIRECTORY,
  parseWrapperLine,
  resultFile,
  WRAPPER_FILE,
  wrapperCommand,
  wrapperScript,
} from "../../../experiments/schedulers/wrapper";

let directory: string;

beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), "wrapper-"));
  fs.writeFileSync(path.join(directory, WRAPPER_FILE), wrapperScript);
  fs.mkdirSync(path.join(directory, OUTPUT_DIRECTORY));
});

afterEach(() => fs.rmSync(directory, { recursive: true }));

function command(body: JobBody, cores = 1, everywhere = ""): string {
  return wrapperCommand({
    directory,
    job: 7,
    body,
    schedulerJob: '"$JOB"',
    nodeList: '"$NODES"',
    nodeCores: '"2(x2),1"',
    everywhere,
    mpi: "env LAUNCHED=yes",
    cores,
  });
}

const environment = { ...process.env, JOB: "42", NODES: "node[01-02]" };

function events() {
  const text = fs.readFileSync(path.join(directory, EVENTS_FILE), "utf8");
  return text.trimEnd().split("\n").map(parseWrapperLine);
}

test("a job that ends well leaves a start and an end with the time between them", () => {
  const result = spawnSync("bash", ["-c", command({ kind: "sleep", seconds: 0.2 })], {
    env: environment,
  });
  expect(result.status).toBe(0);
  const [start, end] = events();
  expect(start).toMatchObject({ job: 7, schedulerJob: "42", event: "start", nodes: "node[01-02]" });
  expect(end).toMatchObject({ job: 7, event: "end", exitCode: 0 });
  const ran = (end?.at ?? 0) - (start?.at ?? 0);
  expect(ran).toBeGreaterThanOrEqual(199);
  expect(Math.abs((end?.at ?? 0) - Date.now())).toBeLessThan(5_000);
});

test("a failing command's exit code is the job's and stands in its end", () => {
  const body: JobBody = { kind: "command", command: 'echo "it\'s over" >&2; exit 3' };
  const result = spawnSync("bash", ["-c", command(body)], { env: environment, encoding: "utf8" });
  expect(result.status).toBe(3);
  expect(result.stderr).toBe("it's over\n");
  expect(events().at(-1)).toMatchObject({ event: "end", exitCode: 3 });
});

test("a job that is told to stop writes its end and takes its body with it", async () => {
  const child = spawn("bash", ["-c", command({ kind: "sleep", seconds: 60 })], {
    env: environment,
    stdio: "ignore",
  });
  const file = path.join(directory, EVENTS_FILE);
  await expect.poll(() => fs.existsSync(file) && fs.statSync(file).size > 0).toBe(true);
  child.kill("SIGTERM");
  const code = await new Promise((resolve) => child.on("exit", resolve));
  expect(code).toBe(143);
  expect(events().at(-1)).toMatchObject({ event: "end", exitCode: 143 });
});

test("a job that is suspended notes it, waits for its body, and ends with its code", async () => {
  const body: JobBody = { kind: "command", command: "sleep 0.6; exit 3" };
  const child = spawn("bash", ["-c", command(body)], { env: environment, stdio: "ignore" });
  const exited = new Promise((resolve) => child.on("exit", resolve));
  const file = path.join(directory, EVENTS_FILE);
  const lines = () =>
    fs.existsSync(file) ? fs.readFileSync(file, "utf8").split("\n").length - 1 : 0;
  await expect.poll(lines).toBe(1);
  child.kill("SIGTSTP");
  await expect.poll(lines).toBe(2);
  child.kill("SIGSTOP");
  child.kill("SIGCONT");
  expect(await exited).toBe(3);
  expect(events().map((event) => event?.event)).toEqual(["start", "suspend", "resume", "end"]);
  expect(events()[0]).toMatchObject({ nodeCores: "2(x2),1" });
  expect(events().at(-1)).toMatchObject({ exitCode: 3 });
});

test("a spinning job keeps each of its cores busy until its time is over", () => {
  const started = performance.now();
  const result = spawnSync(
    "bash",
    ["-c", `${command({ kind: "spin", seconds: 0.3 }, 2).replace("exec ", "")}; times`],
    { env: { ...environment, NODES: "node01" }, encoding: "utf8" },
  );
  expect(result.status).toBe(0);
  expect(performance.now() - started).toBeGreaterThanOrEqual(300);
  // `times` prints the shell's own times, then those of its children: user and system.
  const [user = 0, system = 0] = (result.stdout.trim().split("\n").at(-1) ?? "")
    .split(" ")
    .map((part) => Number(part.replace(/^0m|s$/g, "")));
  expect(user + system).toBeGreaterThan(0.02);
});

test("a spinning job starts its body through the launcher only when it has several nodes", () => {
  const body: JobBody = { kind: "spin", seconds: 0 };
  const launched = (nodes: string) =>
    spawnSync("bash", ["-c", command(body, 2, "echo launched")], {
      env: { ...environment, NODES: nodes },
      encoding: "utf8",
    }).stdout.startsWith("launched");
  expect([launched("node01"), launched("node[01-02]"), launched("node01,gpu01")]).toEqual([
    false,
    true,
    true,
  ]);
});

/** Stands for an MPI program: what it reads and sees goes to the file that it leaves. */
function program(script: string): string {
  const file = path.join(directory, "program");
  fs.writeFileSync(file, `#!/bin/bash\n${script}\n`, { mode: 0o755 });
  return file;
}

function mpi(script: string): JobBody {
  const files = { "input file.txt": "it's 1 line\n\\n and another %s\n", second: "" };
  return { kind: "mpi", program: program(script), files, result: "out-*.txt" };
}

test("an MPI job's program starts by the launcher beside its input, and its result is kept", () => {
  const body = mpi('cp "input file.txt" out-1.txt; echo "$LAUNCHED $TMPDIR" >>out-1.txt; ls');
  const result = spawnSync("bash", ["-c", command(body)], { env: environment, encoding: "utf8" });
  expect(result).toMatchObject({
    status: 0,
    stderr: "",
    stdout: "input file.txt\nout-1.txt\nsecond\n",
  });
  const kept = fs.readFileSync(resultFile(directory, 7), "utf8");
  const scratch = path.join(directory, OUTPUT_DIRECTORY, "7.mpi");
  expect(kept).toBe(`it's 1 line\n\\n and another %s\nyes ${scratch}\n`);
});

test("an MPI job that fails or leaves no result has its exit code and no result of a former try", () => {
  fs.writeFileSync(resultFile(directory, 7), "former");
  const result = spawnSync("bash", ["-c", command(mpi("exit 5"))], { env: environment });
  expect(result.status).toBe(5);
  expect(fs.existsSync(resultFile(directory, 7))).toBe(false);
  expect(events().at(-1)).toMatchObject({ event: "end", exitCode: 5 });
});

test("events of jobs that end together do not mix", async () => {
  const jobs = Array.from({ length: 20 }, () =>
    spawn("bash", ["-c", command({ kind: "sleep", seconds: 0 })], { env: environment }),
  );
  await Promise.all(jobs.map((job) => new Promise((resolve) => job.on("exit", resolve))));
  expect(events()).toHaveLength(40);
  expect(events()).not.toContain(null);
});

test.each(["", "{", "tail: file truncated", '{"job":1}', '{"job":0,"event":"start"}'])(
  "a line that is no event is passed over: %s",
  (line) => expect(parseWrapperLine(line)).toBeNull(),
);

test("a job without a process has no wrapper, which is said before anything is submitted", () => {
  expect(() => command({ kind: "hold", seconds: 5 })).toThrow(
    "a job with the body hold has no process, and this scheduler starts one",
  );
});
