import { isEmulated } from "../../../spec/emulated";
import type { ExperimentSpec } from "../../../spec/spec";
import { nodeReportMs } from "./emulated/stages";
import type { DaemonUnit } from "./unit";

type Options = DaemonUnit["options"];

/** Options of the daemons that depend on how many nodes and pods there are. */
export interface Scale {
  readonly etcd: Options;
  readonly apiServer: Options;
  /** Which of Kubernetes' controllers run. */
  readonly controllers: string;
  readonly controllerManager: Options;
}

const fewNodes: Scale = {
  etcd: [],
  apiServer: [],
  // Without the last two nobody can join by a token.
  controllers: "*,bootstrapsigner,tokencleaner",
  controllerManager: [
    ["kube-api-qps", 100],
    ["kube-api-burst", 200],
  ],
};

/** Each call of each pod is a revision: at a hundred pods a second, etcd's 2 GiB would not last. */
const etcdQuotaBytes = 8 * 1024 ** 3;

/**
 * The controllers have two calls to make for each node before it is ready. Nodes report every ten to fifteen
 * minutes; one that was not heard of for half an hour is lost.
 */
const manyNodes: Scale = {
  etcd: [["quota-backend-bytes", etcdQuotaBytes]],
  apiServer: [["event-ttl", "10m0s"]],
  // Emulated nodes do not join. The one that is left out tells every kubelet how long to keep secrets, and
  // again whenever there are more of them.
  controllers: "*,-ttl-controller",
  controllerManager: [
    ["kube-api-qps", 1000],
    ["kube-api-burst", 2000],
    ["node-monitor-grace-period", `${(2 * nodeReportMs[1]) / 1000}s`],
  ],
};

export function scaleOf(topology: ExperimentSpec["topology"]): Scale {
  return isEmulated(topology) ? manyNodes : fewNodes;
}
