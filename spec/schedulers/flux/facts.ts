import { z } from "zod";
import { chosenVariants } from "../stored-policy";
import { fluxProblems } from "./checks";

const storedQueue = z.object({ sched: z.object({ queuePolicy: z.string() }) });

export const fluxFacts = {
  name: "Flux",
  problems: fluxProblems,
  furtherPartitions: () => [],
  /** Flux knows fractions of a second. It is given the other schedulers' limits, to be on equal terms. */
  limitResolutionSeconds: 60,
  inotifyInstances: { controller: 3, compute: 3 },
  clockCanBeAccelerated: true,
  emulation: {
    baseMiB: { controller: 256, domain: 128 },
    perNodeMiB: { controller: 0.4, domain: 0 },
    threadsPerNode: 0,
    threadsPerJob: 0,
  },
  scalesItself: false,
  containersMayExceedHost: true,
  shares: () => ({}),
  policyLabel(policy: unknown): readonly string[] {
    const { sched } = storedQueue.safeParse(policy).data ?? {};
    return [...chosenVariants(policy), ...(sched === undefined ? [] : [sched.queuePolicy])];
  },
};
