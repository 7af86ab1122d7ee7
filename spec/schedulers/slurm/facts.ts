import { z } from "zod";
import { chosenVariants, storedShares } from "../stored-policy";
import { slurmCannotAsk } from "./asks";
import { slurmProblems } from "./checks";
import { includedFiles } from "./config-lines";
import { withParameter } from "./config-parameter";
import type { SlurmPolicy } from "./policy";
import { isLeftOut } from "./site/keys";
import { withoutValues } from "./site/lines";
import { slurmSiteFacts } from "./site/take";

const storedPolicy = z.object({ priority: z.object({ shares: z.unknown() }) });

export const slurmFacts = {
  name: "Slurm",
  site: slurmSiteFacts,
  problems: slurmProblems,
  furtherPartitions: ({ preemption }: SlurmPolicy) =>
    preemption.type === "partition" ? [preemption.partition] : [],
  cannotAsk: slurmCannotAsk,
  limitResolutionSeconds: 60,
  inotifyInstances: { controller: 3, compute: 3 },
  clockCanBeAccelerated: true,
  emulation: {
    baseMiB: { controller: 384, domain: 128 },
    perNodeMiB: { controller: 0.1, domain: 3 },
    threadsPerNode: 4,
    threadsPerJob: 18,
  },
  leavesOutWhenEmulated:
    "the daemons of the nodes are real, many of them on each domain; a job that is only held starts no process, and there are no cgroups, no binding of tasks to cores, no accounting of what jobs use and no MPI",
  siteConfig: {
    setKey: "scheduler.site.set",
    withParameter,
    withoutSecrets: (text: string) => withoutValues(text, isLeftOut),
    included: includedFiles,
  },
  scalesItself: true,
  containersMayExceedHost: true,
  shares: (policy: unknown) => storedShares(storedPolicy.safeParse(policy).data?.priority.shares),
  policyLabel: chosenVariants,
};
