import { z } from "zod";
import { shellQuote } from "../../base/quote";
import { type Executor, runChecked } from "../../experiments/remote/executor";
import { parseJobName } from "../../experiments/schedulers/job-name";
import type { SchedulerKind } from "../../spec/scheduler";
import type { AccountedJob } from "./verdict";

/** Reads a scheduler's own accounting with its own commands, past schedlab's adapter. */
interface Witness {
  /** Every job of the run that the scheduler has or had. */
  accounted(run: string): Promise<AccountedJob[]>;
  /** Jobs that wait or run, whoever submitted them. */
  queued(): Promise<string[]>;
}

type Ask = (command: string) => Promise<string>;

const kubectl = "kubectl --kubeconfig /etc/kubernetes/admin.conf";
const volcanoJobs = "jobs.batch.volcano.sh";

const jobsSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), namespace: z.string(), uid: z.string() }),
      status: z
        .object({
          state: z
            .object({ phase: z.string().default(""), lastTransitionTime: z.string().optional() })
            .prefault({}),
        })
        .prefault({}),
    }),
  ),
});

const ended = ["Completed", "Failed", "Aborted", "Terminated"];

/** Job and run of a name, whatever stands behind its number. */
function parseName(name: string): { run: string; job: number } | null {
  return parseJobName(name) ?? parseJobName(name.replace(/^(schedlab-.+?z-[0-9a-z]{6})/i, upper));
}

/** Kubernetes' names are lower case; a run's is not. */
function upper(start: string): string {
  return start.replace(/(\d{8})t(\d{6})z/, "$1T$2Z");
}

const witnesses: { readonly [Kind in SchedulerKind]: (ask: Ask) => Witness } = {
  slurm: (ask) => ({
    async accounted(run) {
      const queue = "squeue --noheader --states=all --format='%i|%T|%j'";
      const [log, listed] = [await ask("cat /var/log/slurm/jobcomp.log"), await ask(queue)];
      const finished = log.split("\n").flatMap((line) => {
        const field = (key: string) => new RegExp(`(?:^|\\s)${key}=(\\S+)`).exec(line)?.[1] ?? "";
        const name = parseName(field("Name"));
        if (name?.run !== run) return [];
        const end = Date.parse(`${field("EndTime")}Z`);
        const started = !/^(|\(null\)|None.*)$/.test(field("NodeList"));
        return [{ job: name.job, schedulerJob: field("JobId"), started, endedAt: end || null }];
      });
      const gone = new Set(finished.map(({ schedulerJob }) => schedulerJob));
      const live = listed.split("\n").flatMap((line) => {
        const [schedulerJob = "", state = "", name = ""] = line.split("|");
        const own = parseName(name);
        return own?.run === run && !gone.has(schedulerJob)
          ? [{ job: own.job, schedulerJob, started: state !== "PENDING", endedAt: null }]
          : [];
      });
      return [...finished, ...live];
    },
    async queued() {
      const lines = await ask("squeue --noheader --format='%i %T %j'");
      return lines.split("\n").filter((line) => line !== "");
    },
  }),
  kubernetes: (ask) => {
    const jobs = async () => {
      const text = await ask(`${kubectl} get ${volcanoJobs} --all-namespaces --output=json`);
      return jobsSchema.parse(JSON.parse(text)).items;
    };
    return {
      async accounted(run) {
        return (await jobs()).flatMap(({ metadata, status }) => {
          const own = parseName(metadata.name);
          if (own?.run !== run) return [];
          const { phase, lastTransitionTime = "" } = status.state;
          const endedAt = ended.includes(phase) ? Date.parse(lastTransitionTime) || null : null;
          const schedulerJob = `${metadata.namespace}/${metadata.name}/${metadata.uid}`;
          return [{ job: own.job, schedulerJob, started: phase !== "Pending", endedAt }];
        });
      },
      async queued() {
        return (await jobs())
          .filter(({ status }) => !ended.includes(status.state.phase))
          .map(({ metadata, status }) => `${metadata.name} ${status.state.phase}`);
      },
    };
  },
  flux: (ask) => {
    const jobs = async () => {
      const format = "{id.f58plain}|{state}|{t_run}|{t_inactive}|{name}";
      const lines = await ask(
        `HOME=/root flux jobs -a -A --count=0 --no-header --format=${shellQuote(format)} </dev/null`,
      );
      return lines.split("\n").flatMap((line) => {
        const [id = "", state = "", started = "", ended = "", name = ""] = line.split("|");
        // Seconds since the epoch; nothing, or 0, for what has not happened.
        return id === ""
          ? []
          : [
              {
                id,
                state,
                started: Number(started) > 0,
                endedAt: Number(ended) * 1000 || null,
                name,
              },
            ];
      });
    };
    return {
      async accounted(run) {
        return (await jobs()).flatMap(({ name, id, started, endedAt }) => {
          const own = parseName(name);
          return own?.run === run ? [{ job: own.job, schedulerJob: id, started, endedAt }] : [];
        });
      },
      async queued() {
        return (await jobs())
          .filter(({ state }) => state !== "INACTIVE")
          .map(({ id, name, state }) => `${id} ${state} ${name}`);
      },
    };
  },
};

export function witness(kind: SchedulerKind, executor: Executor): Witness {
  return witnesses[kind](async (command) => {
    const { stdout } = await runChecked(executor, "controller", command, {
      step: "read the scheduler's accounting",
      deadlineMs: 60_000,
    });
    return stdout.trim();
  });
}
