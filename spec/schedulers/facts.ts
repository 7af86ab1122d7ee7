import type { AskedFor } from "../job-attributes";
import type { Problem } from "../problems";
import type { PolicyOf, SchedulerKind } from "../scheduler";
import type { ExperimentSpec } from "../spec";
import type { Topology } from "../topology";
import { fluxFacts } from "./flux/facts";
import { kubernetesFacts } from "./kubernetes/facts";
import type { SiteConfigFacts } from "./site-config";
import type { SiteFacts } from "./site-files";
import { slurmFacts } from "./slurm/facts";

/** What emulated nodes take from the domains that they are on, and from the host. */
export interface EmulationCost {
  /** MiB of a domain that emulates nodes, and of the controller, for what is there without any. */
  readonly baseMiB: PerRole;
  /** MiB for each node that the domain emulates; of the controller, for each node of the cluster. */
  readonly perNodeMiB: PerRole;
  /** Threads of each node while no job is on it. */
  readonly threadsPerNode: number;
  /** Threads of a job that has a process, as long as it runs; 0 where no job has one. */
  readonly threadsPerJob: number;
}

interface PerRole {
  readonly controller: number;
  readonly domain: number;
}

/** What has to be known of a scheduler where it is not running: about its policy and its records. */
export interface SpecFacts<Policy> {
  /** As its makers spell it. */
  readonly name: string;
  /** How it takes a site's own configuration. */
  readonly site: SiteFacts;
  /** What is wrong between fields that are each well formed. */
  readonly problems: (policy: Policy, spec: ExperimentSpec) => Problem[];
  /** Partitions that the policy makes beside those of the pools. */
  readonly furtherPartitions: (policy: Policy) => readonly string[];
  /**
   * Why a job cannot ask for this on such a cluster, as the end of a sentence; null where it can. The adapter asks
   * for what a job can ask for, and for nothing else.
   */
  readonly cannotAsk: (
    policy: Policy,
    asked: AskedFor,
    topology: Topology,
    /** Whether the policy, and the names in it, are a site's. */
    fromSite: boolean,
  ) => string | null;
  /** Time limits are rounded up to a multiple of this, in seconds. */
  readonly limitResolutionSeconds: number;
  /**
   * Whether a node in a container may have more cores than the host. Not where a daemon binds its jobs to
   * the node's cores by number: of those that the container only seems to have, the kernel knows nothing.
   */
  readonly containersMayExceedHost: boolean;
  /** Inotify instances that the daemons of a node hold, its systemd's three among them. Counted on live nodes. */
  readonly inotifyInstances: { readonly controller: number; readonly compute: number };
  /** Whether its daemons take the time from the C library, so that a faster clock can be put under them. */
  readonly clockCanBeAccelerated: boolean;
  /** What its emulated nodes cost. Measured on live clusters. */
  readonly emulation: EmulationCost;
  /** What of the real path its emulated nodes leave out, as the end of a sentence. */
  readonly leavesOutWhenEmulated: string;
  /** How parameters are changed in a site's own configuration file; absent where it is changed as a whole. */
  readonly siteConfig?: SiteConfigFacts;
  /** Whether it has an autoscaling policy of its own, which an elastic pool may leave its nodes to. */
  readonly scalesItself: boolean;
  /**
   * Users' shares according to a policy in the store, which another version may have written; none if
   * the policy has no shares.
   */
  readonly shares: (policy: unknown) => Readonly<Record<string, number>>;
  /** The parts of a policy in the store that distinguish it from others, such as `backfill` or `drf`. */
  readonly policyLabel: (policy: unknown) => readonly string[];
}

/** Exhaustive over the kinds: a new scheduler has to say all of it. */
export const specFacts: { readonly [Kind in SchedulerKind]: SpecFacts<PolicyOf<Kind>> } = {
  slurm: slurmFacts,
  kubernetes: kubernetesFacts,
  flux: fluxFacts,
};

/** Asks the facts of a scheduler about its own policy. */
export function askFacts<Kind extends SchedulerKind, Answer>(
  { kind, policy }: { readonly kind: Kind; readonly policy: PolicyOf<Kind> },
  ask: (facts: SpecFacts<PolicyOf<Kind>>, policy: PolicyOf<Kind>) => Answer,
): Answer {
  return ask(specFacts[kind], policy);
}
