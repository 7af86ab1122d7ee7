import { shellQuote } from "../../base/quote";
import { type Executor, runChecked } from "../../experiments/remote/executor";
import type { SchedulerKind } from "../../spec/scheduler";

/** What an administrator, or a fault, does to a scheduler, and what its own tools say. */
export interface SchedulerActs {
  /** Part of the spec: user01 and user02 with shares of 1 and 3, where the policy has shares. */
  readonly sharesPolicy: Readonly<Record<string, unknown>>;
  /** Jobs go on while the daemon that decides is away. */
  readonly runningSurvives: boolean;
  /** The daemons that `daemons()` has to know, on the controller and on each other node. */
  readonly daemons: { readonly controller: readonly string[]; readonly node: readonly string[] };
  /** What a time limit of one second becomes. */
  readonly leastLimitSeconds: number;
  /** Restarts the daemon that decides, in order: killed, slurmctld forgets what it did in the last 5 s. */
  restartScheduler(): Promise<void>;
  /** Ends the service that takes submissions; nobody is answered until it is started. */
  stopService(): Promise<void>;
  startService(): Promise<void>;
  /** All that the node runs dies, and the scheduler is told that it is lost. */
  loseNode(node: string): Promise<void>;
  restoreNode(node: string): Promise<void>;
  /** Nodes of which the job holds anything. */
  holds(schedulerJob: string): Promise<string[]>;
  /** Users' shares as the scheduler has them; null where its policy has none. */
  readonly shares: (() => Promise<Record<string, number>>) | null;
}

type Run = (node: string, command: string) => Promise<string>;

const kubectl = "kubectl --kubeconfig /etc/kubernetes/admin.conf";
const flux = "timeout 30 env HOME=/root flux";
const outOfService = "node.kubernetes.io/out-of-service=nodeshutdown:NoExecute";
/** kubelet's silence lasts 50 s until the node counts as lost. */
const lostSeconds = 90;

const acts: { readonly [Kind in SchedulerKind]: (run: Run) => SchedulerActs } = {
  slurm: (run) => ({
    sharesPolicy: { priority: { type: "multifactor", shares: { user01: 1, user02: 3 } } },
    runningSurvives: true,
    daemons: { controller: ["slurmctld", "slurmdbd", "mariadbd"], node: ["slurmd"] },
    leastLimitSeconds: 60,
    restartScheduler: async () => {
      await run("controller", "systemctl restart slurmctld");
    },
    stopService: async () => {
      await run("controller", "systemctl stop slurmctld");
    },
    startService: async () => {
      await run("controller", "systemctl start slurmctld");
    },
    loseNode: async (node) => {
      // slurmstepd outlives its slurmd, so that jobs survive an update.
      await run(
        node,
        "systemctl kill -s KILL slurmd; systemctl stop slurmd; pkill -KILL slurmstepd; true",
      );
      // Drained too: a last answer of its slurmd on its way would return it to service.
      for (const state of ["DOWN", "DRAIN"]) {
        await run("controller", `scontrol update NodeName=${node} State=${state} Reason=lost`);
      }
    },
    restoreNode: async (node) => {
      await run(node, "systemctl reset-failed slurmd; systemctl start slurmd");
      // Refused until slurmd has answered, and while the node's jobs are being tidied up.
      const usable = `sinfo --noheader --nodes=${node} --format=%T | grep -qx idle`;
      await run(
        "controller",
        `until ${usable}; do scontrol update NodeName=${node} State=RESUME; sleep 1; done`,
      );
    },
    holds: async (job) => {
      const nodes = await run(
        "controller",
        `squeue -h -j ${shellQuote(job)} -o %N | xargs -r scontrol show hostnames`,
      );
      return nodes.split("\n").filter((name) => name !== "");
    },
    shares: async () => {
      const lines = await run(
        "controller",
        "sacctmgr --noheader --parsable2 show associations where account=workload format=user,share",
      );
      return parseShares(lines, "|");
    },
  }),
  kubernetes: (run) => ({
    sharesPolicy: { fairness: "proportion", shares: { user01: 1, user02: 3 } },
    runningSurvives: true,
    daemons: {
      controller: [
        "etcd",
        "kube-apiserver",
        "kube-controller",
        "vc-scheduler",
        "vc-controller-m",
        "vc-webhook-mana",
      ],
      node: ["kubelet", "containerd"],
    },
    leastLimitSeconds: 60,
    restartScheduler: async () => {
      await run("controller", "systemctl restart vc-scheduler vc-controller-manager");
    },
    stopService: async () => {
      // In order, it would wait a minute for its watches to end.
      const unit = "kube-apiserver";
      await run("controller", `systemctl kill -s KILL ${unit}; systemctl stop ${unit}`);
    },
    startService: async () => {
      await run("controller", "systemctl start kube-apiserver");
    },
    loseNode: async (node) => {
      await run(
        node,
        "systemctl kill -s KILL kubelet containerd; systemctl stop kubelet containerd; pkill -KILL containerd-shim; pkill -KILL -u user01,user02; true",
      );
      await run(
        "controller",
        `${kubectl} wait node ${node} --for=condition=Ready=Unknown --timeout=${lostSeconds}s && ${kubectl} taint node ${node} ${outOfService}`,
      );
    },
    restoreNode: async (node) => {
      await run(
        node,
        "systemctl reset-failed kubelet containerd; systemctl start containerd kubelet",
      );
      await run(
        "controller",
        `${kubectl} wait node ${node} --for=condition=Ready --timeout=${lostSeconds}s && ${kubectl} taint node ${node} ${outOfService}-`,
      );
    },
    holds: async (job) => {
      const [namespace = "", name = ""] = job.split("/");
      const nodes = await run(
        "controller",
        `${kubectl} -n ${shellQuote(namespace)} get pods -l volcano.sh/job-name=${shellQuote(name)} -o jsonpath='{.items[*].spec.nodeName}'`,
      );
      return [...new Set(nodes.split(" ").filter((node) => node !== ""))];
    },
    shares: async () => {
      const lines = await run(
        "controller",
        `${kubectl} get queues -o jsonpath='{range .items[*]}{.metadata.name}|{.spec.weight}{"\\n"}{end}'`,
      );
      return parseShares(lines, "|");
    },
  }),
  flux: (run) => ({
    sharesPolicy: {},
    // The broker of rank 0 runs the jobs of all nodes.
    runningSurvives: false,
    daemons: { controller: ["flux-broker", "munged"], node: ["flux-broker", "munged"] },
    leastLimitSeconds: 60,
    restartScheduler: async () => {
      await run("controller", "systemctl restart flux");
    },
    stopService: async () => {
      await run("controller", "systemctl stop flux");
    },
    startService: async () => {
      await run("controller", "systemctl start flux");
    },
    loseNode: async (node) => {
      await run(node, "systemctl kill -s KILL flux; systemctl stop flux; true");
    },
    restoreNode: async (node) => {
      await run(node, "systemctl reset-failed flux; systemctl start flux");
      const up = `${flux} resource list -n -s free,allocated -i ${node} -o '{nodelist}' </dev/null | grep -q .`;
      await run(
        "controller",
        `until ${up}; do ${flux} resource undrain ${node} 2>/dev/null </dev/null; sleep 0.5; done`,
      );
    },
    holds: async (job) => {
      const nodes = await run(
        "controller",
        `${flux} jobs -n -o '{nodelist}' --filter=running ${shellQuote(job)} </dev/null | xargs -r ${flux} hostlist -e -d '\\n'`,
      );
      return nodes.split("\n").filter((name) => name !== "");
    },
    shares: null,
  }),
};

function parseShares(lines: string, separator: string): Record<string, number> {
  return Object.fromEntries(
    lines
      .split("\n")
      .map((line) => line.split(separator))
      .filter(([user = ""]) => /^user\d+$/.test(user))
      .map(([user = "", share]) => [user, Number(share)]),
  );
}

/** The acts for a kind of scheduler, on the nodes of its cluster. */
export function schedulerActs(kind: SchedulerKind, executor: Executor): SchedulerActs {
  return acts[kind](async (node, command) => {
    const { stdout } = await runChecked(executor, node, command, {
      step: "test",
      deadlineMs: 120_000,
    });
    return stdout.trim();
  });
}

/** The policy under which the suite runs. */
export function contractPolicy(kind: SchedulerKind): Readonly<Record<string, unknown>> {
  return acts[kind](async () => "").sharesPolicy;
}
