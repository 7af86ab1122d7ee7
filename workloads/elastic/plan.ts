import path from "node:path";
import { Failure } from "../../base/failure";
import { userNames } from "../../spec/users";
import { type ElasticWorkload, mostJobs } from "../../spec/workload";
import { readingOf } from "../bad-rows";
import { type ClusterCapacity, coresOf } from "../cluster";
import type { WorkloadJob } from "../job";
import { openLog } from "../logs/open";
import { draw, parseDistribution } from "../models/distribution";
import { requestedTime } from "../models/estimates";
import { drawSize, powersOfTwo } from "../models/poisson";
import { randomStreams } from "../models/random";
import { zipfUsers } from "../models/users";
import type { PlannedWorkload, WorkloadOptions } from "../planned";
import { type Demand, milliseconds } from "./demand";
import { loggedDemand } from "./logged";
import { type Candidate, type Packed, packDemand } from "./pack";
import { shapeDemand } from "./shapes";

interface Drawn extends Candidate {
  readonly user: string;
  readonly partition: string | undefined;
}

/**
 * Ordinary jobs that follow a demand over time: see `packDemand` for how closely. The largest supply, of
 * which a share is meant, is that of the partitions to which the workload's users submit. Throws Failure
 * for a distribution that cannot be read or fits no partition, for a demand without jobs or with too
 * many, and for a log that cannot be read.
 */
export async function elasticWorkload(
  workload: ElasticWorkload,
  cluster: ClusterCapacity,
  options: WorkloadOptions,
): Promise<PlannedWorkload> {
  const users = usersOf(workload, cluster);
  const supply = supplyOf(users, cluster);
  const { demand, trace, notes } = await demandOn(workload, supply, options);
  const streams = randomStreams(workload.seed);
  const packed = packDemand(demand, candidates(workload, users, supply, streams), {
    shortest: milliseconds(workload.runtime.min),
    most: mostJobs,
  });
  refuseUnfit(packed);
  const jobs = packed.map(({ candidate, submit, run }, index): WorkloadJob => {
    const runSeconds = run / 1000;
    return {
      id: index + 1,
      submitSeconds: submit / 1000,
      user: candidate.user,
      ...(candidate.partition === undefined ? {} : { partition: candidate.partition }),
      cores: candidate.cores,
      runSeconds,
      limitSeconds: requestedTime(runSeconds, streams.estimates),
      gpus: 0,
      memoryMiB: null,
      traceJob: null,
    };
  });
  return {
    jobs,
    tasks: jobs.map(() => ({ kind: workload.body })),
    trace,
    notes: [...notes, describe(demand, packed)],
  };
}

interface User {
  readonly name: string;
  readonly partition: string | undefined;
  /** Of the partition. */
  readonly cores: number;
}

function usersOf({ users }: ElasticWorkload, cluster: ClusterCapacity): User[] {
  return userNames(users.count).map((name) => {
    const partition = users.partitions[name];
    return { name, partition, cores: coresOf(cluster, partition) };
  });
}

/** Cores of the users' partitions together, at most those of the cluster: partitions may overlap. */
function supplyOf(users: readonly User[], { capacityCores }: ClusterCapacity): number {
  const partitions = new Map(users.map(({ partition, cores }) => [partition, cores]));
  return Math.min(
    capacityCores,
    [...partitions.values()].reduce((sum, cores) => sum + cores, 0),
  );
}

async function demandOn(
  { shape }: ElasticWorkload,
  supply: number,
  { directory, report }: WorkloadOptions,
): Promise<Pick<PlannedWorkload, "trace" | "notes"> & { readonly demand: Demand }> {
  if (shape.kind !== "trace") return { demand: shapeDemand(shape, supply), trace: null, notes: [] };
  const file = path.resolve(directory, shape.file);
  const reading = readingOf(shape.badRows, "workload.shape.badRows");
  const options = { ...reading, format: shape.format, directory };
  return openLog(file, options, async ({ log }) => {
    const logged = await loggedDemand(log, shape, supply, report);
    return { ...logged, trace: { name: path.basename(log.name), hash: log.hash } };
  });
}

/** The default sizes leave room for at least so many jobs at once. */
const jobsAtOnce = 8;

function candidates(
  { draw: draws, runtime }: ElasticWorkload,
  users: readonly User[],
  supply: number,
  streams: ReturnType<typeof randomStreams>,
): () => Drawn {
  const sizes =
    draws.sizes === undefined
      ? powersOfTwo(Math.max(1, Math.floor(supply / jobsAtOnce)))
      : parseDistribution(draws.sizes);
  const runs = parseDistribution(draws.runs);
  const userOf = zipfUsers(users.length, streams.users);
  return () => {
    const {
      name,
      partition,
      cores: most,
    } = users[userOf() - 1] ?? {
      name: "user01",
      partition: undefined,
      cores: supply,
    };
    const seconds = Math.min(runtime.max, Math.max(runtime.min, draw(runs, streams.runs)));
    const cores = drawSize(sizes, most, streams.sizes);
    return { user: name, partition, cores, run: milliseconds(seconds) };
  };
}

function refuseUnfit({ length }: readonly unknown[]): void {
  if (length === 0) {
    throw new Failure("the demand of workload.shape is always below half a job", {
      remedy: "raise the demand, or take smaller jobs with workload.draw.sizes",
    });
  }
  if (length > mostJobs) {
    throw new Failure(`the demand of workload.shape takes more than ${mostJobs} jobs`, {
      remedy: "take longer or larger jobs with workload.draw, or a shorter or lower demand",
    });
  }
}

function describe({ steps, end }: Demand, packed: readonly Packed<Drawn>[]): string {
  const levels = steps.map(({ cores }) => cores);
  const largest = packed.reduce((most, { candidate }) => Math.max(most, candidate.cores), 0);
  const cut = packed.filter(({ candidate, run }) => run < candidate.run).length;
  return (
    `demand of ${levels.reduce((a, b) => Math.min(a, b))} to ${levels.reduce((a, b) => Math.max(a, b))} cores ` +
    `over ${end / 1000} s in ${packed.length} jobs of at most ${largest} cores; ` +
    `${cut} of them end early, with the demand`
  );
}
