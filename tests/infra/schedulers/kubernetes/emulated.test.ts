import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { planCluster } from "../../../../infra/plan";
import { stageObject, stages } from "../../../../infra/schedulers/kubernetes/emulated/stages";
import { bootstrapSteps } from "../../../../infra/schedulers/registry";
import { schedulerNodes } from "../../../../spec/emulated";
import { parseSpec } from "../../../../spec/parse";
import { goldenFile, ruledSteps, touchedSteps } from "../step-rules";

const emulated = { perDomain: 30, cores: 32, memory: "128GiB" };
const controller = { memory: "2GiB" };
const cluster = {
  controller,
  nodes: { count: 2, emulated: { ...emulated, switches: 4 } },
  pools: { gpu: { count: 1, emulated: { ...emulated, perDomain: 5, gpus: 4 } } },
};

function clusterOf(topology: unknown = cluster) {
  const spec = parseSpec({ topology, scheduler: { kind: "kubernetes" } });
  const plan = planCluster(spec, { stack: "dev" });
  return { spec, plan, steps: bootstrapSteps(spec, plan) };
}

function stepOf(name: string, topology?: unknown) {
  const step = clusterOf(topology).steps.find((one) => one.name === name);
  if (step === undefined) throw new Error(`no step ${name}`);
  return step;
}

const touched = (before: unknown, after: unknown) =>
  touchedSteps(clusterOf(before).steps, clusterOf(after).steps);

/** Functions of the nodes' step, without what it does with them. */
function functions(topology?: unknown): string {
  const { check } = stepOf("emulated-nodes", topology);
  return check.slice(0, check.indexOf("export KUBECONFIG"));
}

function bash(script: string): string[] {
  const { status, stdout, stderr } = spawnSync("bash", ["-c", script], { encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout.trim().split("\n");
}

describe("the steps of a cluster with emulated nodes", () => {
  ruledSteps(() => clusterOf().steps);

  it("are the scripts that were reviewed", async () => {
    for (const name of [
      "control-plane",
      "kwok-access",
      "emulated-nodes",
      "switches",
      "kwok-node01",
      "ready",
    ]) {
      const { create, check } = stepOf(name);
      await expect(create).toMatchFileSnapshot(goldenFile("kubernetes", "emulated", `${name}.sh`));
      await expect(check).toMatchFileSnapshot(
        goldenFile("kubernetes", "emulated", `${name}.check.sh`),
      );
    }
  });

  it("start no kubelet, so that no domain takes a job itself", () => {
    expect(clusterOf().steps.map(({ name }) => name)).toEqual([
      ...["control-plane", "volcano", "kwok-access", "emulated-nodes", "switches"],
      ...["kwok-node01", "kwok-node02", "kwok-gpu01", "ready"],
    ]);
    for (const { create } of clusterOf().steps)
      expect(create).not.toMatch(/systemctl \S+ kubelet|kubeadm join/);
  });

  it("hand on kwok's credentials as a secret, and print no other", () => {
    for (const { name, secretFrom, create } of clusterOf().steps) {
      expect(secretFrom).toBe(
        name.startsWith("kwok-") && name !== "kwok-access" ? "kwok-access" : undefined,
      );
      expect(create).not.toMatch(/join_parameters \/|cat \/etc\/kubernetes\/schedlab\/join/);
    }
    expect(stepOf("kwok-node01").create).toContain(
      "put /etc/kubernetes/schedlab/kwok.conf 0600 root:root\n",
    );
  });

  it("make the nodes on the controller, where those of a domain that is gone show", () => {
    const fewer = { ...cluster, nodes: { ...cluster.nodes, count: 1 } };
    expect(touched(cluster, fewer)).toEqual(expect.arrayContaining(["emulated-nodes", "ready"]));
    expect(stepOf("emulated-nodes").host).toBe("controller");
  });

  it("leave the domains alone when only the shape of the nodes changes", () => {
    const larger = {
      ...cluster,
      nodes: { ...cluster.nodes, emulated: { ...cluster.nodes.emulated, cores: 64 } },
    };
    expect(touched(cluster, larger)).toEqual(["emulated-nodes", "ready"]);
  });
});

describe("the Node objects", () => {
  const { spec, plan } = clusterOf();
  const expected = schedulerNodes(spec.topology, plan.nodes);
  const objects = bash(`${functions()}wanted_nodes | node_objects`).map((line) => JSON.parse(line));

  it("are those that the harness expects, below the same switches", () => {
    const leaf = "schedlab.local/leaf";
    expect(objects.map(({ metadata }) => [metadata.name, metadata.labels[leaf] ?? null])).toEqual(
      expected.map(({ name, pool, leaf: number }) => [
        name,
        number === null ? null : `${pool}-${number}`,
      ]),
    );
  });

  it("offer jobs what real nodes of their size would", () => {
    const [first] = objects;
    expect(first.status.capacity).toEqual({ cpu: "32", pods: "500", memory: "131072Mi" });
    expect(first.status.allocatable.memory).toBe(`${(131_072 * 7) / 8}Mi`);
    const gpus = objects.filter(({ status }) => status.capacity["schedlab.local/gpu"] === "4");
    expect(gpus.map(({ metadata }) => metadata.labels["schedlab.local/emulated-on"])).toEqual(
      Array(5).fill("gpu01"),
    );
    expect(first.metadata.labels["schedlab.local/partition-nodes"]).toBe("true");
    expect(first.spec?.taints).toBeUndefined();
  });

  it("have a label for each of their features, and for the type of their GPUs", () => {
    const one = { ...emulated, perDomain: 1, gpus: 4, gpuType: "h100" };
    const topology = { controller, nodes: { count: 1, features: ["fast"], emulated: one } };
    const [text = ""] = bash(`${functions(topology)}wanted_nodes | node_objects`);
    expect(JSON.parse(text).metadata.labels).toMatchObject({
      "schedlab.local/feature-fast": "true",
      "schedlab.local/gpu-type": "h100",
    });
  });

  it("are not ready before a kwok says so", () => {
    for (const { status } of objects) expect(status.conditions).toBeUndefined();
  });

  it("are awaited until each of them is ready", () => {
    const { check } = stepOf("ready");
    const missing = (states: string) =>
      bash(`${check.replace(/check_readiness\n$/, "")}
kubectl() { wanted_nodes | awk '{ print $1, ${states} }'; }
missing; complain "$(missing)"`);
    expect(missing('"Ready"')).toEqual(
      expect.not.arrayContaining([expect.stringMatching(/^node/)]),
    );
    const late = missing('$1 ~ /^gpu/ ? "NotReady" : "Ready"');
    expect(late.slice(0, 5)).toEqual([1, 2, 3, 4, 5].map((number) => `gpu01-000${number}`));
    expect(late[5]).toMatch(/^after 127 s 5 of the emulated nodes are not ready/);
  });

  it("are made anew when they are otherwise than wanted, and removed when they are too many", () => {
    const wanted = bash(`${functions()}wanted_nodes | sort`);
    const [first = "", second = "", ...rest] = wanted;
    const [, digest = ""] = first.split(" ");
    const known = [
      second.replace(/ \S+ /, " othershape "),
      ...rest,
      "node03-0001 abc -",
      `node01-0031 ${digest} nodes-1`,
    ];
    // kubectl notes what it is asked for; what it was asked to delete is not known any more.
    const told = bash(`${functions()}
log=$(mktemp) ; known=$(mktemp) ; printf '%s\\n' ${known.map((line) => `'${line}'`).join(" ")} >"$known"
kubectl() {
  case "$1" in
  get) sed 's/ -$/ /' "$known" ;;
  # By one call: all that are of other shapes.
  delete) echo "delete collection \${3#*labelSelector=}" >>"$log"; sed -i '/ othershape /d; / abc /d' "$known" ;;
  esac
}
xargs() {
  local names
  names="$(cat)"
  case " $* " in
  *" delete "*) for name in $names; do echo "delete $name" >>"$log"; sed -i "/^$name /d" "$known"; done ;;
  *" create "*) for file in $names; do [ -s "$file" ] || echo "create nothing" >>"$log"; sed -n 's/.*"name":"\\([^"]*\\)".*/create \\1/p' "$file" >>"$log"; done ;;
  esac
}
make_nodes label 4 one,two
sort "$log"; rm "$log" "$known"`);
    const name = (line: string) => line.split(" ")[0];
    expect(told).toEqual(
      [
        `create ${name(first)}`,
        `create ${name(second)}`,
        "delete collection label,schedlab.local/shape%20notin%20(one,two)",
        "delete node01-0031",
      ].sort(),
    );
  });
});

describe("kwok's configuration", () => {
  const { create } = stepOf("kwok-node02");
  const text = /put \/etc\/kubernetes\/schedlab\/kwok.yaml .*\n([\s\S]*?)SCHEDLAB_END_OF_FILE/.exec(
    create,
  );
  const documents = parseAllDocuments(text?.[1] ?? "").map((document) => document.toJS());

  it("has the nodes of its own domain only, and renews no leases", () => {
    expect(documents[0]).toMatchObject({
      kind: "KwokConfiguration",
      options: {
        manageNodesWithLabelSelector: "schedlab.local/emulated-on=node02",
        nodeLeaseDurationSeconds: 0,
      },
    });
  });

  it("has every stage as kwok reads it", () => {
    expect(documents.slice(1)).toEqual(
      stages.map((stage) => parse(JSON.stringify(stageObject(stage)))),
    );
  });

  it("ends what exceeds its limit as kubelet does", () => {
    const [limit] = stages.filter(({ name }) => name === "pod-exceeds-its-limit").map(stageObject);
    const statusTemplate = JSON.parse(JSON.stringify(limit?.spec.next)).statusTemplate;
    expect(statusTemplate).toMatch(/^phase: Failed\nreason: DeadlineExceeded$/m);
    expect(statusTemplate).toContain("exitCode: 143");
  });
});

it("Volcano places jobs by switches only where there are some", () => {
  const plain = { ...cluster, nodes: { count: 2, emulated } };
  expect(clusterOf(plain).steps.map(({ name }) => name)).not.toContain("switches");
  expect(stepOf("volcano", plain).create).not.toContain("network-topology-aware");
  expect(stepOf("volcano").create).toContain("- name: network-topology-aware");
  expect(touched(plain, cluster)).toEqual(["volcano", "emulated-nodes", "switches", "ready"]);
});

it("controllers of a real cluster know nothing of all that", () => {
  const { create } = stepOf("control-plane", {});
  expect(create).toContain("--kube-api-qps=100 ");
  expect(create).not.toMatch(/grace-period|event-ttl|quota-backend|kwok/);
});
