import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { execa } from "execa";
import { repoRoot } from "../../base/paths";
import type { Executor } from "../../experiments/remote/executor";
import { SshExecutor } from "../../experiments/remote/ssh";
import type { Handle } from "../../infra/handle";
import type { SchedulerKind } from "../../spec/scheduler";
import { type SchedulerActs, schedulerActs } from "../contract/acts";
import type { TestStack } from "../e2e/test-stack";
import type { Moment } from "./plan";

/** Longer than any fault, and than a run with its recovery. */
const HARNESS_MS = 420_000;
const LOOK_EVERY_MS = 100;

export interface Ending {
  readonly code: number;
  readonly output: string;
}

/** One `schedlab run`. */
export interface Harness {
  readonly pid: number;
  readonly ended: Promise<Ending>;
}

/** A live cluster of one scheduler, on which faults are tried one after another. */
export class Scene {
  readonly executor: Executor;
  readonly acts: SchedulerActs;

  constructor(
    readonly kind: SchedulerKind,
    readonly stack: TestStack,
    readonly handle: Handle,
    /** On a small file system of its own, which a fault can fill. */
    readonly runs: string,
  ) {
    const { nodes, user, privateKey } = handle.cluster;
    this.executor = new SshExecutor(nodes, { user, privateKey });
    this.acts = schedulerActs(kind, this.executor);
  }

  /** Name of a node's libvirt domain. */
  domain(node: string): string {
    return `${this.handle.cluster.name}-${node}`;
  }

  /** Starts `schedlab run` with the stack's workload, or with so many of its jobs. */
  start(options: { readonly jobs?: number; readonly runs?: string } = {}): Harness {
    const { jobs, runs = this.runs } = options;
    const { spec } = this.handle;
    const workload = jobs === undefined ? spec.workload : { ...spec.workload, jobs };
    const handle = { ...this.handle, spec: { ...spec, workload } };
    mkdirSync(runs, { recursive: true });
    const child = execa("node", ["bin/schedlab.js", "run", "--handle", "-", "--runs", runs], {
      cwd: repoRoot,
      // The handle holds the cluster's key: it is in no command line.
      input: JSON.stringify(handle),
      all: true,
      reject: false,
      timeout: HARNESS_MS,
    });
    const { pid } = child;
    if (pid === undefined) throw new Error("schedlab run could not be started");
    const ended = child.then(({ exitCode, all }) => ({ code: exitCode ?? 137, output: all ?? "" }));
    return { pid, ended };
  }

  /** Names of the run directories, in the order of their start. */
  runNames(runs = this.runs): string[] {
    return readdirSync(runs)
      .filter((name) => !name.startsWith("."))
      .sort();
  }

  /** Waits for a moment of the run that `earlier` does not have yet, or for the harness's end. */
  async reach(moment: Moment, harness: { ended: Promise<unknown> }, earlier: readonly string[]) {
    let over = false;
    harness.ended.finally(() => {
      over = true;
    });
    if (moment.kind === "started") {
      await Promise.race([delay(moment.seconds * 1000), harness.ended]);
      return;
    }
    while (!over && this.#due(earlier) < moment.jobs) await delay(LOOK_EVERY_MS);
  }

  #due(earlier: readonly string[]): number {
    const [run] = this.runNames().filter((name) => !earlier.includes(name));
    if (run === undefined) return 0;
    try {
      const events = readFileSync(path.join(this.runs, run, "events.jsonl"), "utf8");
      return events.split('"event":"due"').length - 1;
    } catch {
      return 0;
    }
  }

  close(): void {
    this.executor.close();
  }
}
