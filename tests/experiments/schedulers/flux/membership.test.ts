import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { type FakeChannel, FakeExecutor } from "../../../../experiments/remote/fake";
import type { NodesSeen } from "../../../../experiments/schedulers/adapter";
import { fluxMembership } from "../../../../experiments/schedulers/flux/membership";
import { watchNodes } from "../../../../experiments/schedulers/flux/watch-nodes";
import { schedulerNodes } from "../../../../spec/emulated";
import { handleNode } from "../kubernetes/nodes";

const [first = "", second = "", ...rest] = readFileSync(path.join(__dirname, "nodes.jsonl"), "utf8")
  .trim()
  .split("\n");
const known = schedulerNodes(
  { nodes: { count: 3 }, pools: {} },
  ["node01", "node02", "node03"].map((name) => handleNode({ name })),
);

let executor: FakeExecutor;
const membership = () =>
  fluxMembership({ executor, cluster: { schedulerNodes: known }, controller: "controller" });
/** Where each command ran, and its words behind the program. */
const done = () =>
  executor.calls.map(
    ({ host, command }) =>
      `${host}: ${
        command.startsWith("cd /")
          ? command
              .split("\n")
              .at(-1)
              ?.replace(/^.*?' /, "")
          : command
      }`,
  );

beforeEach(() => {
  executor = new FakeExecutor();
});

describe("an act", () => {
  test("of joining starts the broker, then lets the node take jobs", async () => {
    await membership().join("node03");
    expect(done()).toEqual([
      "node03: systemctl reset-failed munge flux; systemctl start munge flux",
      "controller: admit node03 120",
    ]);
  });

  test("of draining leaves the jobs to finish, for Flux cannot queue them again", async () => {
    await membership().drain("node03", "finish");
    expect(done()).toEqual(["controller: drain node03 30"]);
    await expect(membership().drain("node03", "requeue")).rejects.toThrow(/Flux cannot put a job/);
  });

  test("of leaving ends the broker and has Flux take note, also of a node that is gone", async () => {
    await membership().leave("node03");
    expect(done().toSorted()).toEqual([
      "controller: expel node03 30",
      "node03: systemctl stop flux",
      "node03: true",
    ]);
    executor.down.add("node02");
    await membership().leave("node02");
    expect(done().at(-1)).toBe("controller: expel node02 30");
  });

  test("that Flux refuses is an error with its words", async () => {
    executor.when(/ admit node03 /, { code: 1, stderr: "the broker of node03 did not join" });
    await expect(membership().join("node03")).rejects.toThrow(/let node03 take jobs/);
  });
});

test("the nodes are asked for once", async () => {
  executor.when(/once/, { stdout: `${second}\n` });
  const { nodes } = await membership().nodes();
  expect(nodes.map(({ jobs }) => jobs)).toEqual([1, 1, 1]);
  executor.when(/once/, { stdout: "" });
  await expect(membership().nodes()).rejects.toThrow(/ask Flux for its nodes/);
});

describe("the watch on nodes", () => {
  const seen: NodesSeen[] = [];
  const warnings: string[] = [];
  const failures: string[] = [];
  beforeEach(() => {
    for (const list of [seen, warnings, failures]) list.length = 0;
  });
  const open = (answer: (channel: FakeChannel) => void, limits: object = {}) => {
    executor.onOpen((channel) => setImmediate(() => answer(channel)));
    return watchNodes({
      executor,
      controller: "controller",
      expected: known,
      seen: (told) => seen.push(told),
      observer: {
        warning: (message) => warnings.push(message),
        failure: (error) => failures.push(error.message),
      },
      ...limits,
    });
  };

  test("tells what each line says, from the first on", async () => {
    const watch = await open((channel) => channel.emit(first));
    expect(seen).toHaveLength(1);
    executor.channels[0]?.emit(second, ...rest);
    expect(seen).toHaveLength(2 + rest.length);
    watch.close();
    expect(failures).toEqual([]);
  });

  test("goes on after an interruption, whose length is how late the next may be", async () => {
    const [third = ""] = rest;
    const answers = [[first, second], [third]];
    const watch = await open((channel) => channel.emit(...(answers.shift() ?? [])));
    executor.channels[0]?.end(1, "the broker is away");
    await vi.waitUntil(() => seen.length === 3, { timeout: 5_000 });
    const [, before, after] = seen;
    expect(after?.resolutionMs).toBeCloseTo((after?.at ?? 0) - (before?.at ?? 0), 3);
    expect(warnings).toHaveLength(1);
    expect(failures).toEqual([]);
    watch.close();
  });

  test("is an error when nothing is told, or the program ends before", async () => {
    await expect(open(() => {}, { firstMs: 20 })).rejects.toThrow(/nothing was told within 0.02 s/);
    await expect(open((channel) => channel.end(1, "no broker"))).rejects.toThrow(/code 1/);
  });

  test("fails when the nodes stay unknown", async () => {
    let opened = 0;
    await open(
      (channel) => {
        opened += 1;
        if (opened === 1) channel.emit(first);
        channel.end(1, "no broker");
      },
      { resumeMs: 10 },
    );
    await vi.waitUntil(() => failures.length > 0, { timeout: 10_000 });
    expect(failures[0]).toMatch(/^controller: follow Flux's nodes: ended with code 1/);
    expect(warnings).toHaveLength(1);
  });

  test("fails on a line that is none", async () => {
    await open((channel) => channel.emit(first));
    executor.channels[0]?.emit("Traceback");
    await vi.waitUntil(() => failures.length > 0);
    expect(failures[0]).toMatch(/not a line of its/);
  });
});
