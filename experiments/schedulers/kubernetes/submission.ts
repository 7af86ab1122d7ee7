import pLimit, { type LimitFunction } from "p-limit";
import { RemoteError } from "../../remote/executor";
import type { JobRequest, Submission, SubmitAnswer } from "../adapter";
import { type ApiClients, describeError } from "./connection";
import { type JobManifest, jobManifest, type ManifestContext } from "./manifest";
import { schedulerJobName } from "./names";
import { volcanoJobs } from "./resources";

/** As many as a run has sbatch calls at once under SLURM. */
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
  let closed = false;
  const refuse = (user: string, what: string) =>
    new RemoteError(what, {
      host: controller,
      step: `submit jobs as ${user}`,
      command: "Kubernetes API",
    });

  return {
    async submit(request: JobRequest): Promise<SubmitAnswer> {
      const { user } = request.job;
      const lane = lanes.get(user);
      if (lane === undefined) throw refuse(user, "no submission was opened for this user");
      const manifest = jobManifest(request, lane.manifest);
      return lane.limit(() => {
        if (closed) throw refuse(user, "the submission was closed");
        return create(lane.clients, manifest, now);
      });
    },
    close() {
      closed = true;
      for (const { clients } of lanes.values()) clients.close();
    },
  };
}

async function create(
  { custom }: ApiClients,
  manifest: JobManifest,
  now: () => number,
): Promise<SubmitAnswer> {
  const { namespace, name } = manifest.metadata;
  const startedAt = now();
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
export function refusal(
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
