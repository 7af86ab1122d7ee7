import { Failure } from "../../base/failure";

/** The cluster cannot take a run now: a daemon or node is down, or somebody else's jobs are on it. */
export class ClusterNotReady extends Failure {}
