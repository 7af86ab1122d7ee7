import { Command } from "commander";
import { messageOf } from "../base/thrown";
import { readHandle } from "../cli/handle-file";
import type { Executor } from "../experiments/remote/executor";
import { costBetween } from "../experiments/run/collect";
import { newRunId } from "../experiments/run/directory";
import { cancelUntilGone, clearLeftovers } from "../experiments/run/leftovers";
import { liveCluster } from "../experiments/run/live-cluster";
import { nodeDirectory, setUpNodes, tidyNodes } from "../experiments/run/node-setup";
import { quantile } from "../experiments/run/pace";
import { steadyNow } from "../experiments/run/replay";
import { NodeStreams } from "../experiments/run/streams";
import type { JobRequest } from "../experiments/schedulers/adapter";
import { createAdapter } from "../experiments/schedulers/registry";
import type { Handle } from "../infra/handle";
import type { WorkloadJob } from "../workloads/job";
import { onLockedCluster } from "./locked-cluster";

/**
 * What a job of no work costs: submits jobs of `sleep 0` one after another on an idle cluster, each once
 * the one before is final, and takes the time from the submission to the wrapper's start, through the
 * wrapper, and from its end to the scheduler's final word; and the CPU time of the scheduler's daemons.
 */

interface Options {
  readonly jobs: number;
  readonly cores: number;
  readonly json: boolean;
}

interface EmptyJob {
  /** Submission to the wrapper's start. */
  readonly startMs: number;
  readonly runMs: number;
  /** The wrapper's end to the moment when the harness knows that the job is over. */
  readonly endMs: number;
}

const patienceMs = 120_000;

async function measure(handle: Handle, executor: Executor, { jobs, cores }: Options) {
  const { cluster, spec } = handle;
  const runId = newRunId(new Date());
  const directory = nodeDirectory(runId);
  const closers: { close(): void }[] = [];
  try {
    const adapter = createAdapter(
      { executor, cluster: liveCluster(handle), runId, nodeDirectory: directory },
      spec.scheduler,
    );
    await clearLeftovers(adapter, log);
    await adapter.prepare();
    await setUpNodes(executor, cluster.nodes, directory, []);
    let changed = () => {};
    const wrapped = new Map<string, number>();
    const final = new Map<number, { at: number; state: string }>();
    closers.push(
      await adapter.watch({
        moment: () => {},
        outcome: ({ job, state }) => {
          final.set(job, { at: steadyNow(), state });
          changed();
        },
        warning: log,
        failure: (error) => log(error.message),
      }),
      await NodeStreams.open(
        executor,
        cluster.nodes,
        { directory, sampleSeconds: 60 },
        {
          wrapper: ({ job, event, at }) => {
            wrapped.set(`${job} ${event}`, at);
            changed();
          },
          sample: () => {},
          warning: log,
          lostNode: (node, error) => log(`${node}: ${error.message}`),
          failure: (error) => log(error.message),
        },
      ),
    );
    const submission = await adapter.openSubmission(["user01"]);
    closers.push(submission);

    const one = async (id: number): Promise<EmptyJob> => {
      const over = new Promise<void>((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`job ${id} is not over`)), patienceMs);
        changed = () => {
          if (!final.has(id) || !wrapped.has(`${id} end`)) return;
          clearTimeout(late);
          resolve();
        };
      });
      const request: JobRequest = {
        job: emptyJob(id, cores),
        body: { kind: "sleep", seconds: 0 },
      };
      const answer = await submission.submit(request, 1);
      if (answer.error !== null) throw new Error(`job ${id} was refused: ${answer.error}`);
      await over;
      const last = final.get(id);
      if (last?.state !== "completed") throw new Error(`job ${id} ended ${last?.state}`);
      const [start = 0, end = 0] = [wrapped.get(`${id} start`), wrapped.get(`${id} end`)];
      return { startMs: start - answer.startedAt, runMs: end - start, endMs: last.at - end };
    };
    // Files and connections are cold for the first.
    await one(1);
    const before = await adapter.daemons({ resetPeak: true });
    const started = steadyNow();
    const measured: EmptyJob[] = [];
    for (let id = 2; id <= jobs + 1; id++) measured.push(await one(id));
    const seconds = (steadyNow() - started) / 1000;
    const daemons = costBetween(before, await adapter.daemons());
    await cancelUntilGone(adapter, (job) => job.run === runId);
    return { kind: adapter.kind, jobs, cores, seconds, measured, daemons };
  } finally {
    for (const closer of closers) closer.close();
    await tidyNodes(executor, cluster.nodes, directory);
  }
}

function emptyJob(id: number, cores: number): WorkloadJob {
  return {
    id,
    submitSeconds: 0,
    user: "user01",
    cores,
    runSeconds: 0,
    limitSeconds: 60,
    gpus: 0,
    memoryMiB: null,
    traceJob: null,
  };
}

function summarise({ measured, daemons, ...rest }: Awaited<ReturnType<typeof measure>>) {
  const median = (key: keyof EmptyJob) =>
    quantile(
      measured.map((job) => job[key]),
      0.5,
    );
  const worst = (key: keyof EmptyJob) => Math.max(...measured.map((job) => job[key]));
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    ...rest,
    medianMs: { start: median("startMs"), run: median("runMs"), end: median("endMs") },
    worstMs: { start: worst("startMs"), run: worst("runMs"), end: worst("endMs") },
    daemonCpuSecondsAJob: sum(daemons.map(({ cpuSeconds }) => cpuSeconds)) / measured.length,
    daemonPeakMiB: sum(daemons.map(({ peakMemoryBytes }) => peakMemoryBytes)) / 2 ** 20,
    measured,
    daemons,
  };
}

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function main(): Promise<void> {
  const program = new Command("empty-job")
    .description("measure what a job of no work costs on a live cluster")
    .requiredOption("--handle <file>", "the stack's handle as JSON; - reads standard input")
    .option("--jobs <number>", "jobs, one after another", Number, 20)
    .option("--cores <number>", "cores of each", Number, 1)
    .option("--json", "print the figures as JSON", false)
    .parse();
  const options = program.opts<Options & { handle: string }>();
  const handle = await readHandle(options.handle);
  const result = summarise(
    await onLockedCluster(handle, log, (executor) => measure(handle, executor, options)),
  );
  const ms = (value: number) => `${value.toFixed(0)} ms`;
  const { medianMs, worstMs } = result;
  const line =
    `${result.kind}, ${result.jobs} empty jobs of ${result.cores} cores in ${result.seconds.toFixed(1)} s: ` +
    `start ${ms(medianMs.start)} (worst ${ms(worstMs.start)}), ` +
    `run ${ms(medianMs.run)}, end ${ms(medianMs.end)} (worst ${ms(worstMs.end)}); ` +
    `daemons ${result.daemonCpuSecondsAJob.toFixed(2)} CPU seconds a job, peak ${result.daemonPeakMiB.toFixed(0)} MiB in all`;
  process.stdout.write(options.json ? `${JSON.stringify(result, null, 2)}\n` : `${line}\n`);
}

main().catch((error: unknown) => {
  log(messageOf(error));
  process.exitCode = 1;
});
