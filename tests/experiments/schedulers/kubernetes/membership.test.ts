import { ApiException } from "@kubernetes/client-node";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FakeExecutor } from "../../../../experiments/remote/fake";
import type { ApiClients } from "../../../../experiments/schedulers/kubernetes/connection";
import {
  kubernetesMembership,
  schedulerMetricsPort,
} from "../../../../experiments/schedulers/kubernetes/membership";
import { schedulerMetricsPort as configuredPort } from "../../../../infra/schedulers/kubernetes/paths";
import { schedulerNodes } from "../../../../spec/emulated";
import { FakeApiServer } from "./api-server";
import { readyNode } from "./node-objects";
import { handleNode } from "./nodes";

const nodes = [
  handleNode({ name: "controller", role: "controller" }),
  handleNode({ name: "node01", gpus: 1 }),
  handleNode({ name: "node02", gpus: 1 }),
];
const cluster = {
  schedulerNodes: schedulerNodes({ nodes: { count: 2 }, pools: {} }, nodes),
  partitions: [{ name: "nodes", nodes: ["node01", "node02"] }],
};

/** What was asked of the API server and of nodes, in order. */
let log: string[];
let executor: FakeExecutor;
let api: FakeApiServer;
/** Nodes that the API server has. */
let known: Map<string, ReturnType<typeof readyNode>>;
let pods: object[];

const gone = () => Promise.reject(new ApiException(404, "", { message: "not found" }, {}));
const pod = (name: string, job: string, metadata: object = {}) => ({
  metadata: { name, namespace: "user01", labels: { "volcano.sh/job-name": job }, ...metadata },
  spec: { nodeName: "node01" },
  status: { phase: "Running" },
});

function membership() {
  const note = (text: string) => {
    log.push(text);
  };
  const core = {
    readNode: async ({ name }: { name: string }) => known.get(name) ?? gone(),
    listNode: async ({ labelSelector }: { labelSelector: string }) => ({
      items: [...known.values()].filter(
        ({ metadata: { name } }) => labelSelector === `kubernetes.io/hostname=${name}`,
      ),
      metadata: { resourceVersion: "1" },
    }),
    listPodForAllNamespaces: async () => ({ items: pods }),
    patchNode: async ({ name, body }: { name: string; body: object }) => {
      if (!known.has(name)) return gone();
      note(`patch ${name} ${JSON.stringify(body)}`);
    },
    patchNodeStatus: async ({ name }: { name: string }) => note(`status of ${name}`),
    deleteNode: async ({ name }: { name: string }) =>
      known.delete(name) ? note(`delete ${name}`) : gone(),
    patchNamespacedPodStatus: async ({ name }: { name: string }) => note(`mark ${name}`),
    deleteNamespacedPod: async ({ name }: { name: string }) => note(`remove ${name}`),
  };
  const custom = {
    getNamespacedCustomObject: async ({ name }: { name: string }) =>
      name === "job-9" ? gone() : { metadata: { name, uid: `uid of ${name}` } },
    createNamespacedCustomObject: async ({ body }: { body: { action: string; target: object } }) =>
      note(`${body.action} ${JSON.stringify(body.target)}`),
  };
  const admin = { config: api.config, core, custom } as unknown as ApiClients;
  return kubernetesMembership({
    executor,
    cluster,
    host: "controller",
    connect: async () => ({ admin }),
  });
}

beforeEach(async () => {
  log = [];
  pods = [];
  known = new Map(["node01", "node02"].map((name) => [name, readyNode(name, { gpus: 1 })]));
  const said = (what: string, stdout = "") => {
    executor.when(new RegExp(what), ({ host }) => {
      log.push(`${host}: ${what}`);
      return { stdout };
    });
  };
  executor = new FakeExecutor();
  said("systemctl start containerd kubelet", "1795672800\n");
  said("systemctl stop containerd");
  said("volcano_e2e_scheduling_latency");
  api = new FakeApiServer();
  await api.listen();
});

afterEach(() => api.die().catch(() => {}));

const cordoned = (node: string) => `patch ${node} {"spec":{"unschedulable":true}}`;
const session = "controller: volcano_e2e_scheduling_latency";
const stopped = (node: string) => `${node}: systemctl stop containerd`;

test("Volcano's metrics are asked for where the bootstrap puts them", () => {
  expect(schedulerMetricsPort).toBe(configuredPort);
});

describe("a node that is to leave", () => {
  test("is cordoned until Volcano's scheduler knows it", async () => {
    pods = [pod("job-1-main-0", "job-1")];
    await membership().drain("node01", "finish");
    expect(log).toEqual([cordoned("node01"), session]);
  });

  test("has each of its jobs queued again as a whole, after Volcano knows that it drains", async () => {
    const deletionTimestamp = "2026-11-26T06:00:00Z";
    pods = [
      pod("job-1-main-0", "job-1"),
      pod("job-1-worker-0", "job-1"),
      pod("job-2-main-0", "job-2"),
      pod("job-3-main-0", "job-3", { deletionTimestamp }),
      pod("job-9-main-0", "job-9"),
    ];
    await membership().drain("node01", "requeue");
    const [first, second, ...commands] = log;
    expect([first, second]).toEqual([cordoned("node01"), session]);
    expect(commands.map((command) => command.split(" ")[0])).toEqual(["RestartJob", "RestartJob"]);
    expect(commands.join()).toContain('"name":"job-1","uid":"uid of job-1"');
    expect(commands.join()).toContain('"name":"job-2","uid":"uid of job-2"');
  });

  test("may be away already", async () => {
    known.clear();
    await membership().drain("node01", "requeue");
    expect(log).toEqual([]);
  });
});

describe("a node that leaves", () => {
  test("is forgotten before its daemons are ended", async () => {
    await membership().leave("node01");
    expect(log).toEqual([cordoned("node01"), "delete node01", stopped("node01")]);
  });

  test("takes the pods along that it still has", async () => {
    pods = [pod("job-1-main-0", "job-1")];
    await membership().leave("node01");
    expect(log.slice(1)).toEqual([
      "mark job-1-main-0",
      "remove job-1-main-0",
      "delete node01",
      stopped("node01"),
    ]);
  });

  test("can leave again, and need not answer", async () => {
    await membership().leave("node01");
    await membership().leave("node01");
    expect(log.filter((line) => line.startsWith("delete"))).toHaveLength(1);
    executor.down.add("node02");
    await membership().leave("node02");
    expect(known.size).toBe(0);
  });

  test("but whose daemons do not end is an error", async () => {
    executor.when(/systemctl stop/, { code: 1, stderr: "Failed to stop" });
    await expect(membership().leave("node01")).rejects.toThrow(/node01: stop kubelet/);
  });
});

describe("a node that joins", () => {
  const joined = [
    "status of node01",
    `patch node01 ${JSON.stringify({
      metadata: { labels: { "schedlab.local/partition-nodes": "true" } },
      spec: { unschedulable: null },
    })}`,
  ];

  test("gets what it lacks once kubelet has told of it since its start", async () => {
    // 1795672800 is 06:00:00.
    known.set("node01", readyNode("node01", { heartbeat: "2026-11-26T05:59:59Z" }));
    const joining = membership().join("node01");
    await expect.poll(() => api.watchedFrom.length, { timeout: 5_000 }).toBe(1);
    expect(log).toEqual(["node01: systemctl start containerd kubelet"]);
    const told = readyNode("node01", { heartbeat: "2026-11-26T06:00:00Z" });
    api.send("MODIFIED", { ...told, metadata: { ...told.metadata, resourceVersion: "2" } });
    await joining;
    expect(log.slice(1)).toEqual(joined);
  });

  test("is not waited for any more once nobody wants it", async () => {
    known.set("node01", readyNode("node01", { heartbeat: "2026-11-26T05:59:59Z" }));
    const unwanted = new AbortController();
    const joining = membership().join("node01", unwanted.signal);
    await expect.poll(() => api.watchedFrom.length, { timeout: 5_000 }).toBe(1);
    unwanted.abort(new Error("it is given up"));
    await expect(joining).rejects.toThrow("it is given up");
    expect(log).toHaveLength(1);
  });

  test("is whole at once when it was there all the time", async () => {
    await membership().join("node01");
    expect(log.slice(1)).toEqual(joined);
  });

  test("has its kubelet told whether the API server knows it", async () => {
    await membership().join("node02");
    known.delete("node02");
    api.items = [];
    membership()
      .join("node02")
      .catch(() => {});
    await expect.poll(() => executor.calls.length).toBe(2);
    expect(executor.calls.map(({ command }) => command.split("\n")[0])).toEqual([
      "set -- yes 20",
      "set -- no 20",
    ]);
  });

  test("has to be one of the cluster's, and to answer", async () => {
    await expect(membership().join("node09")).rejects.toThrow(/no node node09/);
    executor.down.add("node01");
    await expect(membership().join("node01")).rejects.toThrow(/node01: start containerd/);
  });
});
