import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { lxc, takeLinkDown } from "../contract/link";
import { killTree } from "../e2e/process-tree";
import type { FaultKind, Round } from "./plan";
import type { Harness, Scene } from "./scene";
import { holdStore } from "./store-holder";

/** What a fault leaves to be done, and what is known of it. */
export interface Struck {
  /** Makes good what lasts beyond the run; called when the harness has ended. */
  readonly restore?: () => Promise<void>;
  /** When the harness was killed. */
  readonly killedAt?: number;
  /** What went otherwise than it has to, such as a second harness that was let in. */
  readonly wrong?: string;
}

type Strike = (scene: Scene, harness: Harness, round: Round) => Promise<Struck>;

const CHUNK = Buffer.alloc(64 * 1024);
const SCHEDULER_AWAY_MS = 3_000;

/** `up killed` has no harness of its own: the runner is a child of Pulumi. */
export const strikes: Readonly<Record<Exclude<FaultKind, "up killed">, Strike>> = {
  "runner killed": async (_, { pid }) => {
    killTree(pid);
    return { killedAt: Date.now() };
  },

  interrupted: async (_, { pid }) => {
    process.kill(pid, "SIGINT");
    return {};
  },

  "daemon killed": async ({ acts }) => {
    await acts.stopService();
    await delay(SCHEDULER_AWAY_MS);
    await acts.startService();
    return {};
  },

  "connections cut": async ({ executor, handle }) => {
    await Promise.all(
      handle.cluster.nodes.map(({ name }) =>
        executor
          .run(name, "pkill -KILL -x sshd-session", {
            step: "cut the connections",
            deadlineMs: 20_000,
          })
          // Its own connection is one of them.
          .catch(() => {}),
      ),
    );
    return {};
  },

  "controller frozen": async (scene, _, { seconds }) => {
    const domain = scene.domain("controller");
    await lxc("suspend", domain);
    try {
      await delay(seconds * 1000);
    } finally {
      await lxc("resume", domain);
    }
    return {};
  },

  "link down": async (scene, _, { seconds }) => {
    await takeLinkDown(scene.domain("controller"), seconds * 1000);
    return {};
  },

  "node killed": async ({ acts, handle }) => {
    const node = handle.cluster.nodes.at(-1)?.name ?? "";
    await acts.loseNode(node);
    return { restore: () => acts.restoreNode(node) };
  },

  "disk full": async ({ runs }) => {
    const filler = path.join(runs, ".filler");
    const file = openSync(filler, "w");
    try {
      for (;;) writeSync(file, CHUNK);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    } finally {
      closeSync(file);
    }
    return { restore: async () => rmSync(filler) };
  },

  "store locked": async ({ stack }) => {
    const release = await holdStore(stack.store);
    return { restore: release };
  },

  "second harness": async (scene) => {
    const second = scene.start({ jobs: 1, runs: path.join(scene.stack.directory, "second") });
    const { code, output } = await second.ended;
    if (code === 0) return { wrong: `a second harness was let in:\n${output}` };
    return {};
  },
};
