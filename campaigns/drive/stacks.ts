import { appendFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type LocalWorkspace, Stack } from "@pulumi/pulumi/automation";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { Failure } from "../../base/failure";
import type { Reporter } from "../../base/reporter";
import { messageOf } from "../../base/thrown";
import { writeWhole } from "../../base/whole-file";
import { type Handle, handleSchema } from "../../infra/handle";
import { brokenAttributes, type StackLock, stackLocks } from "../../toolchain/backend";
import { diagnosis } from "./diagnosis";

/** Time between two looks at the lock of another Pulumi. */
const LOOK_MS = 1_000;
const stackFileSchema = z.object({ encryptionsalt: z.string().optional() });
const deploymentSchema = z.object({
  secrets_providers: z
    .object({ state: z.object({ salt: z.string().optional() }).optional() })
    .optional(),
});

/** The stacks of a campaign, by Pulumi's Automation API. All of it can be repeated, whoever was killed. */
export class CampaignStacks {
  readonly #project: LocalWorkspace;
  readonly #backend: string;
  readonly #report: Reporter;

  constructor(
    project: LocalWorkspace,
    { backend, report }: { readonly backend: string; readonly report: Reporter },
  ) {
    this.#project = project;
    this.#backend = backend;
    this.#report = report;
  }

  /** Names of the stacks of this project that are there, whether they hold anything or not. */
  async names(): Promise<string[]> {
    return (await this.#project.listStacks()).map(({ name }) => name);
  }

  /**
   * Waits until no other Pulumi works on the stack, and takes away what one that was killed has left.
   * @throws Failure when the lock's holder cannot be looked at from here; what `stop` was aborted with.
   */
  async unlock(name: string, stop: AbortSignal): Promise<void> {
    for (let said = false; ; said = true) {
      stop.throwIfAborted();
      const locks = stackLocks(this.#backend, name);
      const held = locks.find(({ holder }) => holder !== "gone");
      if (held?.holder === "elsewhere") throw refusal(held);
      if (held === undefined) {
        // First, because `cancel` reads the state too.
        for (const file of brokenAttributes(this.#backend, name)) rmSync(file, { force: true });
        if (locks.length > 0) {
          this.#report(`stack ${name}: taking away the lock that a killed pulumi left`);
          await (await Stack.select(name, this.#project)).cancel();
        }
        return;
      }
      if (!said) this.#report(`stack ${name}: waiting for ${lockText(held)}`);
      await delay(LOOK_MS, undefined, { signal: stop }).catch(() => stop.throwIfAborted());
    }
  }

  /** Brings the stack to this configuration. @returns its handle. @throws Failure with what Pulumi said. */
  async up(
    name: string,
    config: Readonly<Record<string, unknown>>,
    stop: AbortSignal,
  ): Promise<Handle> {
    await this.unlock(name, stop);
    const stack = await Stack.createOrSelect(name, this.#project);
    await this.#configure(stack, config);
    const { outputs } = await this.#logged(stack, "up", (onOutput) =>
      stack.up({ onOutput, color: "never", suppressOutputs: true, signal: stop }),
    );
    return handleSchema.parse(outputs.handle?.value);
  }

  /** Takes all of the stack down, and then the stack itself away; nothing where there is none. */
  async down(name: string, stop: AbortSignal): Promise<void> {
    await this.unlock(name, stop);
    if (!(await this.names()).includes(name)) return;
    const stack = await Stack.select(name, this.#project);
    await this.#configure(stack, null);
    await this.#logged(stack, "destroy", (onOutput) =>
      stack.destroy({ onOutput, color: "never", suppressOutputs: true, signal: stop }),
    );
    await this.#project.removeStack(name);
  }

  #file(name: string, extension: string): string {
    return path.join(this.#project.workDir, `Pulumi.${name}.${extension}`);
  }

  /**
   * Writes the stack's file, which may have been lost, with the salt of the passphrase: the stack's state
   * has it too. Null leaves the values as they are.
   */
  async #configure(stack: Stack, config: Readonly<Record<string, unknown>> | null): Promise<void> {
    const file = this.#file(stack.name, "yaml");
    const written = existsSync(file) ? (parse(readFileSync(file, "utf8")) ?? {}) : {};
    const salt = stackFileSchema.parse(written).encryptionsalt ?? (await saltOf(stack));
    writeWhole(
      file,
      stringify({
        ...written,
        ...(config === null ? {} : { config }),
        ...(salt === undefined ? {} : { encryptionsalt: salt }),
      }),
    );
  }

  /** Pulumi's output goes into a file beside the stack's, and its end into the error. */
  async #logged<T>(
    { name }: Stack,
    act: string,
    work: (onOutput: (text: string) => void) => Promise<T>,
  ): Promise<T> {
    const log = this.#file(name, "log");
    let output = "";
    const keep = (text: string) => {
      output += text;
      appendFileSync(log, text);
    };
    keep(`\n--- ${act} ${new Date().toISOString()}\n`);
    try {
      return await work(keep);
    } catch (error) {
      // The error's own text repeats all of the output.
      const said = `${output}\n${/stderr: ([\s\S]*?)\n err\?:/.exec(messageOf(error))?.[1] ?? ""}`;
      throw new Failure(`pulumi ${act} of stack ${name} failed`, {
        detail: diagnosis(said),
        remedy: `see all of its output in ${log}`,
      });
    }
  }
}

async function saltOf(stack: Stack): Promise<string | undefined> {
  const { deployment } = await stack.exportStack();
  return deploymentSchema.safeParse(deployment).data?.secrets_providers?.state?.salt;
}

function lockText({ pid, user, host, since }: StackLock): string {
  return `pulumi process ${pid} of ${user} on ${host}, which has worked on it since ${since}`;
}

function refusal(lock: StackLock): Failure {
  return new Failure(`stack ${lock.stack} is locked by ${lockText(lock)}`, {
    remedy: `should it be gone from ${lock.host}: pulumi cancel -s ${lock.stack} --yes`,
  });
}
