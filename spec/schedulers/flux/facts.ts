import { z } from "zod";
import { chosenVariants } from "../stored-policy";
import { fluxCannotAsk } from "./asks";
import { fluxProblems } from "./checks";
import { fluxSiteFacts } from "./site";

const storedQueue = z.object({ sched: z.object({ queuePolicy: z.string() }) });

export const fluxFacts = {
  name: "Flux",
  site: fluxSiteFacts,
  problems: fluxProblems,
  furtherPartitions: () => [],
  cannotAsk: fluxCannotAsk,
  /** Flux knows fractions of a second. It is given the other schedulers' limits, to be on equal terms. */
  limitResolutionSeconds: 60,
  inotifyInstances: { controller: 3, compute: 3 },
  clockCanBeAccelerated: true,
  emulation: {
    // With room for some ten thousand jobs, which the broker remembers: 0.05 MiB each.
    baseMiB: { controller: 640, domain: 128 },
    perNodeMiB: { controller: 0.3, domain: 0 },
    threadsPerNode: 0,
    threadsPerJob: 0,
  },
  leavesOutWhenEmulated:
    "broker, scheduler and job manager of the first rank are real; no brokers of other nodes, no shell, no IMP and no tasks: the first broker ends jobs by a timer",
  scalesItself: false,
  containersMayExceedHost: true,
  shares: () => ({}),
  policyLabel(policy: unknown): readonly string[] {
    const { sched } = storedQueue.safeParse(policy).data ?? {};
    return [...chosenVariants(policy), ...(sched === undefined ? [] : [sched.queuePolicy])];
  },
};
