import { type FakeChannel, FakeExecutor } from "../../../experiments/remote/fake";
import { parseJobName } from "../../../experiments/schedulers/job-name";
import { type Handle, handleSchema } from "../../../infra/handle";

/** How the pretended cluster treats one job; null: the job stays in the queue for ever. */
export interface Fate {
  readonly state: string;
  readonly exit: string;
  /** sbatch's refusal instead of a job. */
  readonly refusal?: string;
}

export const completes: Fate = { state: "COMPLETED", exit: "0:0" };

/**
 * A Slurm cluster of a controller and one node behind a fake executor: jobs end at once, in the
 * completion log and the wrapper's events, with the fate that the test gives them.
 */
export class FakeSlurm {
  readonly executor = new FakeExecutor();
  readonly cancelled: string[] = [];
  /** Lines of squeue. */
  readonly queue = new Map<string, string>();
  /** What the controller says to a harness that wants the cluster's lock. */
  lockAnswer = "held";
  readonly lockWrites: string[] = [];
  #lock: FakeChannel | undefined;
  /** Lines of the completion log. */
  readonly log: string[] = [];
  #completions: FakeChannel | undefined;
  #events: FakeChannel | undefined;
  #nextId = 1;

  constructor(
    /** By number of the workload's job; warm-up jobs, which come behind, complete. */
    readonly fates: (job: number) => Fate | null = () => completes,
    { clockOffsetMs = 0 } = {},
  ) {
    this.executor
      .when(/sinfo --version/, { stdout: "+0000\nlog\nslurm-wlm 24.11.5\nnode01|idle\n" })
      .when(/stat -c/, { stdout: "100\n" })
      .when(/squeue/, () => ({ stdout: [...this.queue.values()].join("\n") }))
      .when(/StateComplete/, () => ({
        stdout: `@ ${seconds(Date.now())}\nnode node01 idle 2\n.\n`,
      }))
      .when(/grep -F/, () => ({ stdout: [...this.#known(), "--", ...this.log].join("\n") }))
      .when(/scancel/, ({ command }) => {
        for (const id of command.match(/\d+/g) ?? []) this.#cancel(id);
        return {};
      })
      .when(/tail -c 2000/, { stdout: "its last words\n" });
    this.executor.onOpen((channel) => {
      const { command } = channel;
      if (command.includes('EPOCHREALTIME"; done')) {
        channel.onWrite = () => channel.emit(seconds(Date.now() + clockOffsetMs));
      } else if (command.includes("cluster-lock")) {
        this.#lock = channel;
        channel.onWrite = (text) => {
          if (text !== "beat\n") this.lockWrites.push(text);
          if (text.startsWith("{")) channel.emit(this.lockAnswer);
          else if (text === "release\n") channel.end(0);
        };
      } else if (command.includes("sbatch")) {
        channel.onWrite = (text) => this.#submit(channel, text);
      } else if (command.includes("jobcomp.log")) this.#completions = channel;
      else if (command.includes("events.jsonl")) this.#events = channel;
      else if (command.includes("cpu.stat")) {
        channel.emit(`${Date.now() * 1000} 1000 2000 0.5`);
      }
    });
  }

  /** The connection behind the lock is lost. */
  loseLock(): void {
    this.#lock?.end(null);
  }

  #known(): string[] {
    return [...this.queue.values()].map((line) => {
      const [id, , state, name] = line.split("|");
      return `${id}|${state}|${now()}|N/A|N/A|${name}`;
    });
  }

  #submit(channel: FakeChannel, text: string): void {
    const key = text.slice(0, text.indexOf(" "));
    const name = /--job-name=([\w-]+)/.exec(text)?.[1] ?? "";
    const job = parseJobName(name)?.job ?? 0;
    const fate = this.fates(job);
    const before = seconds(Date.now());
    if (fate?.refusal !== undefined) {
      channel.emit(`${key} ${before} ${seconds(Date.now())} 1 ${fate.refusal}`);
      return;
    }
    const id = String(this.#nextId++);
    this.queue.set(id, `${id}|user01|PENDING|${name}`);
    channel.emit(`${key} ${before} ${seconds(Date.now())} 0 ${id}`);
    if (fate === null) return;
    this.#wrapper(job, id, "start", null);
    this.#wrapper(job, id, "end", Number(fate.exit.split(":")[0]));
    this.#complete(id, name, fate, "node01");
  }

  #cancel(id: string): void {
    const line = this.queue.get(id);
    if (line === undefined) return;
    this.cancelled.push(id);
    const name = line.split("|").at(-1) ?? "";
    this.#complete(id, name, { state: "CANCELLED", exit: "0:0" }, "(null)");
  }

  #wrapper(job: number, id: string, event: string, exitCode: number | null): void {
    const us = Date.now() * 1000;
    this.#events?.emit(
      JSON.stringify({
        job,
        schedulerJob: id,
        event,
        us,
        nodes: "node01",
        nodeCores: "1",
        exitCode,
      }),
    );
  }

  #complete(id: string, name: string, fate: Fate, nodes: string): void {
    this.queue.delete(id);
    const time = now();
    const line =
      `JobId=${id} UserId=user01(20001) Name=${name} JobState=${fate.state} StartTime=${time} ` +
      `EndTime=${time} NodeList=${nodes} ProcCnt=1 SubmitTime=${time} EligibleTime=${time} ` +
      `ExitCode=${fate.exit} `;
    this.log.push(line);
    this.#completions?.emit(line);
  }
}

function now(): string {
  return new Date().toISOString().slice(0, 19);
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(6);
}

/** A handle of that cluster with a workload of so many short jobs. */
export function fakeHandle(jobs: number, run: Record<string, unknown> = {}): Handle {
  const node = {
    pool: "nodes",
    port: 22,
    hostKey: "ssh-ed25519 AAAA",
    vcpus: 2,
    memoryMiB: 1024,
    gpus: 0,
    link: {
      bandwidthMbps: null,
      latencyUs: null,
      bandwidthApplied: false,
      latencyApplied: false,
      reason: null,
    },
  };
  return handleSchema.parse({
    version: 1,
    experiment: "test",
    spec: {
      workload: { kind: "trace", jobs, timeFactor: 0.001, seed: 3, runtime: { min: 1, max: 1 } },
      run,
    },
    tupleHash: "0".repeat(64),
    domain: "lxc",
    cluster: {
      name: "schedlab-test",
      user: "root",
      privateKey: "none",
      nodes: [
        { ...node, name: "controller", role: "controller", address: "10.77.0.10" },
        { ...node, name: "node01", role: "compute", address: "10.77.0.11" },
      ],
      partitions: [{ name: "nodes", nodes: ["node01"] }],
    },
    conditions: {
      imageRole: "slurm",
      imageKey: "0123",
      hypervisorUri: "lxc:///system",
      overcommit: { cores: 1, memory: 1 },
      networkScale: 1,
    },
    store: "results/schedlab.duckdb",
  });
}
