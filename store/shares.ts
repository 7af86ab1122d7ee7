import { knownScheduler } from "../spec/scheduler";
import { specFacts } from "../spec/schedulers/facts";
import type { Columns } from "./append";
import type { RunRecord } from "./record";

/** What a policy entitles a user to, relative to the other users; users that it does not name have 1. */
export interface Share {
  readonly user: string;
  readonly share: number;
}

export function entitledShares({ provenance }: RunRecord): Share[] {
  const kind = knownScheduler(provenance.schedulerKind);
  // A run of a scheduler that this version does not know may still be loaded.
  if (kind === undefined) return [];
  const policy: unknown = JSON.parse(provenance.policyJson);
  return Object.entries(specFacts[kind].shares(policy)).map(([user, share]) => ({ user, share }));
}

export function shareColumns(runId: string): Columns<Share> {
  return {
    run_id: () => runId,
    user_name: ({ user }) => user,
    share: ({ share }) => share,
  };
}
