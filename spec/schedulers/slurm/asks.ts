import { isEmulated } from "../../emulated";
import { type AskedFor, highestPriority, lowestPriority } from "../../job-attributes";
import type { Topology } from "../../topology";
import { commonAccount, normalQos } from "./names";
import { bareName, nameForm, type SlurmPolicy } from "./policy";

export function slurmCannotAsk(
  policy: SlurmPolicy,
  { attribute, value }: AskedFor,
  topology: Topology,
  fromSite = false,
): string | null {
  if (attribute === "qos") {
    const known = knownQos(policy);
    return known.includes(value ?? "") ? null : missing("qos", known, value, fromSite);
  }
  if (attribute === "account") {
    const known = knownAccounts(policy);
    // It is theirs without being asked for; where no account is in the policy, there may be no database that has it.
    if (value === commonAccount && known.length > 0 && !fromSite) return null;
    return known.includes(value ?? "") ? null : missing("accounts", known, value, fromSite);
  }
  if (attribute !== "priority") return null;
  if (policy.priority.type === "basic") return "priority.type basic goes by submission alone";
  return isEmulated(topology)
    ? "the library that jobs are handed over by on emulated nodes cannot say it"
    : null;
}

/** QOS that a job may ask for. Without one in the policy there may be no database that would know any. */
export function knownQos({ qos }: SlurmPolicy): string[] {
  return qos === undefined ? [] : [normalQos, ...Object.keys(qos)];
}

/** Accounts that a job may ask for. */
export function knownAccounts({ accounts }: SlurmPolicy): string[] {
  return Object.keys(accounts ?? {});
}

/** So many names are told; a site may have hundreds. */
const mostTold = 12;

function missing(
  key: "qos" | "accounts",
  known: readonly string[],
  value: string | null,
  fromSite: boolean,
): string {
  const where = fromSite ? sources[key] : `scheduler.policy.${key}`;
  if (fromSite && !bareName.test(value ?? "")) return `schedlab takes ${nameForm} here`;
  if (known.length === 0) return `${where} names none${fromSite ? ", or was not given" : ""}`;
  const others = known.length - mostTold;
  const more = others > 0 ? ` and ${others} more` : "";
  return `${where} has ${known.slice(0, mostTold).join(", ")}${more}`;
}

/** Files of a site; a stack with one has no policy of its own. */
const sources = { qos: "the site's qos.txt", accounts: "the site's sacctmgr.dump" } as const;

/** The largest that sbatch takes. */
const mostNice = 2_147_483_645;

/**
 * What a job of this priority is set back by, from what Slurm's factors give it; 0 for a job without one. The
 * steps from the highest to the lowest priority together are as much as all weights, so that a priority counts
 * as much as all of the factors. Users may set their jobs back, and not forward.
 */
export function niceOf({ priority: { type, ...rest } }: SlurmPolicy, priority: number | undefined) {
  if (type === "basic" || priority === undefined) return 0;
  const weights = "weights" in rest ? Object.values(rest.weights) : [];
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const steps = highestPriority - lowestPriority;
  const step = Math.min(Math.floor(mostNice / steps), Math.max(1, Math.ceil(sum / steps)));
  return (highestPriority - priority) * step;
}
