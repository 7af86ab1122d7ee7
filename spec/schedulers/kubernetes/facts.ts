import { z } from "zod";
import { chosenVariants, storedShares } from "../stored-policy";
import { kubernetesCannotAsk } from "./asks";
import { kubernetesProblems } from "./checks";
import { kubernetesSiteFacts } from "./site";

const storedPolicy = z.object({ shares: z.unknown() });
const storedChoices = z.object({ placement: z.string(), fairness: z.string() });

export const kubernetesFacts = {
  name: "Kubernetes",
  site: kubernetesSiteFacts,
  problems: kubernetesProblems,
  furtherPartitions: () => [],
  cannotAsk: kubernetesCannotAsk,
  /**
   * Kubernetes has no such rule and is given Slurm's limits: kubelet counts a container's start and
   * the time until it notices the end, so with limits of seconds it would end jobs that Slurm lets end.
   */
  limitResolutionSeconds: 60,
  inotifyInstances: { controller: 17, compute: 11 },
  clockCanBeAccelerated: false,
  emulation: {
    baseMiB: { controller: 1024, domain: 128 },
    perNodeMiB: { controller: 0.6, domain: 0.05 },
    threadsPerNode: 0,
    threadsPerJob: 0,
  },
  leavesOutWhenEmulated:
    "API server, controllers and scheduler are real; no kubelet, no container runtime, no images and no network of pods: kwok says that pods have started and ended",
  scalesItself: false,
  containersMayExceedHost: false,
  shares: (policy: unknown) => storedShares(storedPolicy.safeParse(policy).data?.shares),
  policyLabel(policy: unknown): readonly string[] {
    const { placement, fairness } = storedChoices.safeParse(policy).data ?? {};
    const chosen = [placement, fairness].flatMap((choice) => choice ?? []);
    return [...chosen.filter((choice) => choice !== "none"), ...chosenVariants(policy)];
  },
};
