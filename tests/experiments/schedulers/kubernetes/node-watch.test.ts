import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { NodesSeen } from "../../../../experiments/schedulers/adapter";
import type { ApiClients } from "../../../../experiments/schedulers/kubernetes/connection";
import { watchNodes } from "../../../../experiments/schedulers/kubernetes/node-watch";
import { FakeApiServer } from "./api-server";
import { readyNode } from "./node-objects";

const [nodesPath, podsPath] = ["/api/v1/nodes", "/api/v1/pods"];
const label = { "schedlab.local/partition-nodes": "true" };
const whole = ["node01", "node02"].map((name) => ({ name, cores: 2, gpus: 0, labels: label }));

let api: FakeApiServer;
let watch: { close(): void } | undefined;
const seen: NodesSeen[] = [];
const warnings: string[] = [];
const failures: string[] = [];
let clock = 1000;
let version = 1;

beforeEach(async () => {
  for (const list of [seen, warnings, failures]) list.length = 0;
  clock = 1000;
  api = new FakeApiServer();
  await api.listen();
});

afterEach(async () => {
  watch?.close();
  await api.die().catch(() => {});
});

/** An object of a version of its own. */
function versioned<T extends { readonly metadata: object }>(object: T) {
  version += 1;
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
}
const pod = (name: string, nodeName: string | undefined, phase = "Running") =>
  versioned({ metadata: { name, uid: name }, spec: { nodeName }, status: { phase } });
const list = (items: readonly object[]) => async () => ({
  items,
  metadata: { resourceVersion: "1" },
});

async function open(nodes: readonly object[], pods: readonly object[] = []) {
  const core = { listNode: list(nodes), listPodForAllNamespaces: list(pods) };
  watch = await watchNodes({
    admin: { config: api.config, core: core as unknown as ApiClients["core"] },
    host: "controller",
    whole,
    now: () => clock,
    seen: (told) => seen.push(told),
    observer: {
      warning: (message) => warnings.push(message),
      failure: (error) => failures.push(error.message),
    },
  });
  await until(() => expect(api.watchedFrom).toHaveLength(2));
}

const until = (done: () => void) => vi.waitFor(done, { timeout: 10_000, interval: 5 });
const views = (told: NodesSeen | undefined) =>
  told?.nodes.map(({ name, state, jobs }) => `${name} ${state} ${jobs}`);

test("all nodes are told of at once, then each change of one, and nothing else", async () => {
  await open([versioned(readyNode("node01"))], [pod("a", "node01")]);
  expect(seen.map(views)).toEqual([["node01 schedulable 1", "node02 absent 0"]]);
  const told = async (count: number, ...expected: string[]) => {
    await until(() => expect(seen).toHaveLength(count));
    expect(views(seen.at(-1))).toEqual(expected);
  };
  // Two watches keep no order between them.
  api.send("ADDED", versioned(readyNode("node02")), nodesPath);
  await told(2, "node01 schedulable 1", "node02 schedulable 0");
  // A heartbeat, and a pod that has no node yet.
  const later = readyNode("node01", { heartbeat: "2026-11-26T06:05:00Z" });
  api.send("MODIFIED", versioned(later), nodesPath);
  api.send("ADDED", pod("b", undefined, "Pending"), podsPath);
  api.send("MODIFIED", pod("b", "node02"), podsPath);
  await told(3, "node01 schedulable 1", "node02 schedulable 1");
  api.send("DELETED", pod("a", "node01"), podsPath);
  await told(4, "node01 schedulable 0", "node02 schedulable 1");
  api.send("DELETED", versioned(readyNode("node01")), nodesPath);
  await until(() => expect(views(seen.at(-1))?.[0]).toBe("node01 absent 0"));
  expect(failures).toEqual([]);
});

test("what is told after an interruption may be as late as that was long", async () => {
  await open([versioned(readyNode("node01"))]);
  expect(seen[0]).toMatchObject({ at: 1000, resolutionMs: 100 });
  await api.die();
  await until(() => expect(warnings.length).toBeGreaterThan(0));
  await api.listen();
  await until(() => expect(api.watchedFrom).toHaveLength(4));
  clock = 4000;
  api.send("ADDED", versioned(readyNode("node02")), nodesPath);
  await until(() => expect(seen).toHaveLength(2));
  expect(seen[1]).toMatchObject({ at: 4000, resolutionMs: 3000 });
  clock = 5000;
  api.send("DELETED", versioned(readyNode("node02")), nodesPath);
  await until(() => expect(seen).toHaveLength(3));
  expect(seen[2]).toMatchObject({ at: 5000, resolutionMs: 100 });
}, 20_000);

test("an API server that is away from the start is an error", async () => {
  await api.die();
  await expect(open([])).rejects.toThrow(/^controller: watch the nodes: /);
});
