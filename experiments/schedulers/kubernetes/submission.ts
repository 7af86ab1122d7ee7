import pLimit, { type LimitFunction } from "p-limit";
import { RemoteError } from "../../remote/executor";
import type { JobRequest, StoppedCall, Submission, SubmissionKey, SubmitAnswer } from "../adapter";
import { type ApiClients, describeError } from "./connection";
import { type JobManifest, jobManifest } from "./manifest";
import type { ManifestContext } from "./manifest-context";
import { schedulerJobName } from "./names";
import { volcanoJobs } from "./resources";

/** As many as a run has sbatch calls at once under Slurm. */
const LEAST_CALLS = 4;

/** One user's way in. */
interface Lane {
  readonly clients: ApiClients;
  readonly manifest: ManifestContext;
  readonly limit: LimitFunction;
}

export interface SubmissionOptions {
  readonly controller: string;
  readonly users: ReadonlyMap<string, { clients: ApiClients; manifest: ManifestContext }>;
  /** The controller's clock, in milliseconds. */
  readonly now: () => number;
}

/**
 * Submits jobs as their users by the API server. A user's jobs can overtake each other only within the
 * time of one call.
 */
export function kubernetesSubmission({ controller, users, now }: SubmissionOptions): Submission {
  const calls = Math.max(1, Math.ceil(LEAST_CALLS / Math.max(1, users.size)));
  const lanes = new Map<string, Lane>(
    [...users].map(([user, way]) => [user, { ...way, limit: pLimit(calls) }]),
  );
  /** Calls whose answers are outstanding, with the time of their beginning. */
  const underWay = new Map<Promise<SubmitAnswer>, SubmissionKey & { readonly calledAt: number }>();
  let stopped = false;
  const refuse = (user: string, what: string) =>
    new RemoteError(what, {
      host: controller,
      step: `submit jobs as ${user}`,
      command: "Kubernetes API",
    });

  return {
    // A job's name is its own: the API server refuses to make it twice.
    idempotent: true,
    callsAtOnce: calls,

    async submit(request: JobRequest, submission: number): Promise<SubmitAnswer> {
      const { user, id: job } = request.job;
      const lane = lanes.get(user);
      if (lane === undefined) throw refuse(user, "no submission was opened for this user");
      const manifest = jobManifest(request, lane.manifest);
      return lane.limit(() => {
        if (stopped) throw refuse(user, "the submission was stopped");
        const calledAt = now();
        const call = create(lane.clients, manifest, calledAt, now);
        underWay.set(call, { job, submission, calledAt });
        return call.finally(() => underWay.delete(call));
      });
    },

    // A call that got no answer counts as uncertain; only what was never called is refused.
    settle: async (lost) => lost.map(() => ({ kind: "revoked" })),

    async stop(graceMs) {
      stopped = true;
      const grace = AbortSignal.timeout(graceMs);
      await Promise.race([
        Promise.allSettled(underWay.keys()),
        new Promise((resolve) => grace.addEventListener("abort", resolve)),
      ]);
      const ended = [...underWay.values()].map(
        ({ job, submission, calledAt }): StoppedCall => ({
          job,
          submission,
          settled: { kind: "called", at: calledAt },
        }),
      );
      for (const { clients } of lanes.values()) clients.close();
      return ended;
    },

    close() {
      stopped = true;
      for (const { clients } of lanes.values()) clients.close();
    },
  };
}

async function create(
  { custom }: ApiClients,
  manifest: JobManifest,
  startedAt: number,
  now: () => number,
): Promise<SubmitAnswer> {
  const { namespace, name } = manifest.metadata;
  const answer = (change: Partial<SubmitAnswer>): SubmitAnswer => ({
    startedAt,
    finishedAt: now(),
    schedulerJob: null,
    error: null,
    uncertain: false,
    ...change,
  });
  try {
    await custom.createNamespacedCustomObject({ ...volcanoJobs, namespace, body: manifest });
    return answer({ schedulerJob: schedulerJobName(namespace, name) });
  } catch (error) {
    return answer(refusal(error, schedulerJobName(namespace, name)));
  }
}

/** What a call that failed says of the job. Its name is its own: one that is there is this one. */
function refusal(
  error: unknown,
  schedulerJob: string,
): Pick<SubmitAnswer, "schedulerJob" | "error" | "uncertain"> {
  const { status, message } = describeError(error);
  if (status === 409) return { schedulerJob, error: null, uncertain: false };
  // For some seconds after its start the API server knows nobody's rights. Admission says no for good.
  const unknown = status === 403 && !message.includes("denied the request");
  // 429: too many calls; 5xx: the API server or an admission webhook was not up to it.
  const uncertain = status === null || status === 429 || status >= 500 || unknown;
  return { schedulerJob: null, error: message, uncertain };
}
