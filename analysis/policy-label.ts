import { knownScheduler } from "../spec/scheduler";
import { specFacts } from "../spec/schedulers/facts";
import { chosenVariants } from "../spec/schedulers/stored-policy";
import { storedJson } from "./stored-json";

/**
 * What distinguishes a policy from others, such as `backfill, multifactor`; empty where nothing does.
 * `scheduler` is a kind, or a kind, a blank and a version; `policy` is JSON as in the store.
 */
export function policyLabel(scheduler: string | null, policy: string | null): string {
  const kind = knownScheduler(scheduler?.split(" ")[0] ?? "");
  // The store may hold runs of a scheduler that this version does not know.
  const label = kind === undefined ? chosenVariants : specFacts[kind].policyLabel;
  return label(storedJson(policy)).join(", ");
}
