import { ApiException } from "@kubernetes/client-node";
import { describe, expect, test, vi } from "vitest";
import { FakeExecutor } from "../../../../experiments/remote/fake";
import type { ApiClients } from "../../../../experiments/schedulers/kubernetes/connection";
import { parseSchedulerJob } from "../../../../experiments/schedulers/kubernetes/names";
import { unusableNodes } from "../../../../experiments/schedulers/kubernetes/nodes";
import {
  nodeSchema,
  volcanoJobSchema,
} from "../../../../experiments/schedulers/kubernetes/objects";
import { queuedJobs } from "../../../../experiments/schedulers/kubernetes/queue";
import { kubernetesSubmission } from "../../../../experiments/schedulers/kubernetes/submission";
import { unixUsers } from "../../../../experiments/schedulers/kubernetes/users";
import { versionText } from "../../../../experiments/schedulers/kubernetes/versions";
import { ClusterNotReady } from "../../../../experiments/schedulers/not-ready";
import { kubernetesPolicySchema } from "../../../../spec/schedulers/kubernetes/policy";
import { sleepRequest } from "../../one-core-job";

const runId = "20261121T233000Z-k3f9qa";

/** A submission whose calls are answered by `create`. */
function submission(create: (name: string) => Promise<unknown>, close = () => {}) {
  const custom = {
    createNamespacedCustomObject: ({ body }: { body: { metadata: { name: string } } }) =>
      create(body.metadata.name),
  };
  let clock = 1000;
  const manifest = {
    runId,
    directory: `/var/spool/schedlab/${runId}`,
    namespace: "user01",
    user: { uid: 20001, gid: 20001 },
    policy: kubernetesPolicySchema.parse({}),
    defaultPartition: "nodes",
    memoryPerCoreMiB: () => 100,
    requeues: () => false,
    emulated: false,
    switches: false,
    apiServer: { host: "10.77.0.10", port: 6443 },
  };
  return kubernetesSubmission({
    controller: "controller",
    users: new Map([["user01", { clients: { custom, close } as unknown as ApiClients, manifest }]]),
    now: () => clock++,
  });
}

const refused = (code: number, body: unknown) =>
  submission(() => Promise.reject(new ApiException(code, "", body, {}))).submit(sleepRequest(3), 1);

describe("a submission", () => {
  test("is answered with the job's namespace and name and both times", async () => {
    const answer = await submission(async () => ({})).submit(sleepRequest(3), 1);
    expect(answer).toEqual({
      startedAt: 1000,
      finishedAt: 1001,
      schedulerJob: "user01/schedlab-20261121t233000z-k3f9qa-3",
      error: null,
      uncertain: false,
    });
  });

  test("that was refused keeps the API server's words", async () => {
    const message = 'admission webhook "validatejob.volcano.sh" denied the request: no such queue';
    expect(await refused(403, JSON.stringify({ kind: "Status", message }))).toMatchObject({
      schedulerJob: null,
      error: message,
      uncertain: false,
    });
  });

  test("that is there already was accepted before", async () => {
    expect(await refused(409, { message: "already exists" })).toMatchObject({
      schedulerJob: "user01/schedlab-20261121t233000z-k3f9qa-3",
      error: null,
    });
  });

  test.each([429, 500, 503])("is uncertain after status %i", async (code) => {
    expect(await refused(code, "busy")).toMatchObject({ uncertain: true, error: "busy" });
  });

  test("is uncertain while an API server that has just started knows nobody's rights", async () => {
    const message = 'User "kubernetes-admin" cannot impersonate resource "users"';
    expect(await refused(403, { message })).toMatchObject({ uncertain: true, error: message });
  });

  test("is uncertain when the API server did not answer", async () => {
    const away = submission(() => Promise.reject(new Error("connect ECONNREFUSED")));
    expect(await away.submit(sleepRequest(3), 1)).toMatchObject({
      schedulerJob: null,
      uncertain: true,
      error: "connect ECONNREFUSED",
    });
  });

  test("of a lone user has four calls at once, in the order of the jobs", async () => {
    const started: string[] = [];
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const path = submission((name) => {
      started.push(name);
      return gate;
    });
    const answers = [1, 2, 3, 4, 5, 6].map((id) => path.submit(sleepRequest(id), 1));
    await new Promise((resolve) => setImmediate(resolve));
    expect(started.map((name) => name.split("-").at(-1))).toEqual(["1", "2", "3", "4"]);
    release();
    await Promise.all(answers);
    expect(started).toHaveLength(6);
  });

  test("of a user that none was opened for, or after its end, is an error", async () => {
    const path = submission(async () => ({}));
    const stranger = sleepRequest(1, { user: "user09" });
    await expect(path.submit(stranger, 1)).rejects.toThrow(/no submission was opened/);
    path.close();
    await expect(path.submit(sleepRequest(1), 1)).rejects.toThrow(/stopped/);
  });
});

describe("a submission that is stopped", () => {
  test("begins no further call, waits for those under way and lets them be answered", async () => {
    const [called, answers] = [new Set<string>(), new Map<string, () => void>()];
    const lanes = submission((name) => {
      called.add(name.replace(/.*-/, ""));
      return new Promise((resolve) => answers.set(name, () => resolve({})));
    });
    const submitted = [1, 2, 3, 4, 5, 6].map((id) => lanes.submit(sleepRequest(id), 1));
    const results = Promise.allSettled(submitted);
    await vi.waitUntil(() => called.size === 4);
    const stopping = lanes.stop(60_000);
    for (const answer of answers.values()) answer();
    expect(await stopping).toEqual([]);
    const told = await results;
    expect(told.map(({ status }) => status)).toEqual([
      ...["fulfilled", "fulfilled", "fulfilled", "fulfilled"],
      ...["rejected", "rejected"],
    ]);
    expect([...called]).toEqual(["1", "2", "3", "4"]);
    await expect(lanes.submit(sleepRequest(7), 1)).rejects.toThrow("the submission was stopped");
    expect([...called]).toEqual(["1", "2", "3", "4"]);
  });

  test("names the calls that took too long, with the time at which each began", async () => {
    let calls = 0;
    const lanes = submission(() => {
      calls += 1;
      return new Promise(() => {});
    });
    for (const id of [1, 2]) lanes.submit(sleepRequest(id), 3);
    await vi.waitUntil(() => calls === 2);
    expect(await lanes.stop(10)).toEqual([
      { job: 1, submission: 3, settled: { kind: "called", at: 1000 } },
      { job: 2, submission: 3, settled: { kind: "called", at: 1001 } },
    ]);
  });

  test("closes its connections, so that what is under way is not read any more", async () => {
    let closed = 0;
    const lanes = submission(
      () => new Promise(() => {}),
      () => {
        closed += 1;
      },
    );
    await lanes.stop(10);
    expect(closed).toBe(1);
  });
});

test("the queue holds what waits, runs or is being taken down, ours and others'", () => {
  const job = (name: string, phase: string | null, metadata: object = {}) =>
    volcanoJobSchema.parse({
      metadata: { name, namespace: "user01", ...metadata },
      ...(phase === null ? {} : { status: { state: { phase } } }),
    });
  const labels = { "schedlab.local/run": runId, "schedlab.local/job": "4" };
  expect(
    queuedJobs([
      job("a", "Running", { labels }),
      job("b", null),
      job("c", "Completed", { labels }),
      job("d", "Terminating"),
      job("e", "Running", { deletionTimestamp: "2026-11-22T01:00:00Z" }),
    ]),
  ).toEqual([
    { schedulerJob: "user01/a", user: "user01", run: runId, job: 4, state: "Running" },
    { schedulerJob: "user01/b", user: "user01", run: null, job: null, state: "New" },
    { schedulerJob: "user01/d", user: "user01", run: null, job: null, state: "Terminating" },
    { schedulerJob: "user01/e", user: "user01", run: null, job: null, state: "Deleting" },
  ]);
});

test("a job's name outside its namespace is read back; nothing else is", () => {
  expect(parseSchedulerJob("user01/schedlab-x-1")).toEqual({
    namespace: "user01",
    name: "schedlab-x-1",
  });
  for (const text of ["41", "user01/", "/x", "a/b/c", "a/b c"]) {
    expect(parseSchedulerJob(text)).toBeNull();
  }
});

test("a node is usable when the API server says that it is ready and not cordoned", () => {
  const node = (name: string, status: string, spec = {}) =>
    nodeSchema.parse({
      metadata: { name },
      spec,
      status: { conditions: [{ type: "Ready", status, message: "kubelet stopped" }] },
    });
  const nodes = [
    node("node01", "True"),
    node("node02", "Unknown"),
    node("node03", "True", { unschedulable: true }),
  ];
  expect(unusableNodes(nodes, ["node01", "node02", "node03", "node04"])).toEqual([
    { name: "node02", state: "not ready (kubelet stopped)" },
    { name: "node03", state: "cordoned" },
    { name: "node04", state: "unknown to the API server" },
  ]);
});

test("users have the ids that the node gives them; one that is not there is named", async () => {
  const executor = new FakeExecutor().when(/id -u/, { stdout: "user01 20001 20001\nuser02  \n" });
  await expect(unixUsers(executor, "controller", ["user01", "user02"])).rejects.toThrow(
    ClusterNotReady,
  );
  const users = await unixUsers(executor, "controller", ["user01"]);
  expect(users.get("user01")).toEqual({ uid: 20001, gid: 20001 });
});

test("the version names Kubernetes and Volcano", () => {
  expect(versionText("etcd 3.6.16\nkube-apiserver v1.35.4\nvc-scheduler 1.15.0\n")).toBe(
    "v1.35.4 with Volcano 1.15.0",
  );
  expect(versionText("")).toBe("");
});
