import { rm } from "node:fs/promises";
import { createInterface } from "node:readline/promises";
import { Failure } from "../../base/failure";
import { findLeftovers, type Leftovers, leftoverLines } from "../../host/leftovers";
import { removeLeftovers, removeUnknownContainers } from "../../host/removal";
import { dropImageRoots, type ImageRoot, imageRoots } from "../../images/nix/roots";
import { type StackLock, staleLocks } from "../../toolchain/backend";
import { pulumiEnvironment } from "../../toolchain/environment";
import { ensureToolchain } from "../../toolchain/pulumi";
import { reportTo } from "../progress";
import { PulumiCli } from "../pulumi/cli";
import { brokenStateOf, cancelCommand, locksOf, lockText } from "../pulumi/locks";

export interface CleanChoices {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
  /** A `pulumi destroy` calls: it holds the lock itself. */
  readonly withinPulumi?: boolean;
}

/** Lists what belongs to any stack; removes nothing, since not all of it need be the caller's. */
export async function listAll({ yes, json }: CleanChoices): Promise<void> {
  if (yes) {
    throw new Failure("nothing is removed without the name of a stack", {
      remedy: "name one: npx schedlab clean -s STACK",
    });
  }
  const found = await findLeftovers();
  const locks = locksOf();
  const roots = await imageRoots();
  if (json) printJson({ found: found.own, doubtful: found.doubtful, locks, roots });
  else console.log(lines(found, locks, roots).join("\n"));
}

/** For the step of `pulumi destroy` before the stack's pool is deleted. @throws Failure. */
export async function cleanContainers(stack: string): Promise<void> {
  await removeUnknownContainers(stack);
}

/**
 * Removes what the stack left on this host and the lock of a `pulumi` that is gone, after it has listed
 * these and the user has agreed. @throws Failure while a `pulumi` works on the stack, and when the user
 * does not agree.
 */
export async function cleanStack(stack: string, choices: CleanChoices): Promise<void> {
  const { dryRun, json, withinPulumi } = choices;
  const locks = withinPulumi ? [] : locksOf(stack);
  const stale = staleLocks(locks);
  const broken = withinPulumi ? [] : brokenStateOf(stack);
  const found = await findLeftovers(stack);
  const roots = await imageRoots(stack);
  const things = found.own.length + roots.length;
  const nothing = things + locks.length + broken.length === 0;
  if (!json) {
    const listed = nothing || things + locks.length > 0 ? lines(found, locks, roots) : [];
    console.log([...broken.map(brokenText), ...listed].join("\n"));
  }
  let done = { mended: false, cancelled: false, removed: false };
  if (!dryRun && !nothing) {
    refuseHeld(locks);
    done = {
      // First, because `pulumi cancel` reads the state too.
      mended:
        broken.length > 0 &&
        (await agreed("Remove Pulumi's unfinished attributes?", choices)) &&
        (await mend(broken)),
      cancelled:
        stale.length > 0 &&
        (await agreed(`Run ${cancelCommand(stack)}?`, choices)) &&
        (await cancel(stack)),
      removed:
        things > 0 &&
        (await agreed(`Remove these ${things} things?`, choices)) &&
        (await remove(stack, found)),
    };
  }
  if (json)
    printJson({ stack, found: found.own, doubtful: found.doubtful, locks, broken, roots, ...done });
}

function brokenText(file: string): string {
  return `${file} was left unfinished by a pulumi that was killed; no state is in it, and Pulumi cannot read the stack beside it`;
}

async function mend(broken: readonly string[]): Promise<true> {
  for (const file of broken) await rm(file, { force: true });
  reportTo()("Pulumi can read the stack's state again");
  return true;
}

function lines(
  found: Leftovers,
  locks: readonly StackLock[],
  roots: readonly ImageRoot[],
): string[] {
  return [
    ...(found.own.length > 0 || roots.length === 0 ? leftoverLines(found.own) : []),
    ...roots.map(({ stack, target }) => `image ${target} is kept for stack ${stack}`),
    ...found.doubtful.map(({ what, why }) => `left alone: ${what}: ${why}`),
    ...locks.map((lock) =>
      lock.holder === "gone"
        ? `${lockText(lock)} → ${cancelCommand(lock.stack)}`
        : `left alone: ${lockText(lock)}`,
    ),
  ];
}

function printJson(value: unknown): void {
  console.log(JSON.stringify(value, null, 2));
}

function refuseHeld(locks: readonly StackLock[]): void {
  const held = locks.find(({ holder }) => holder !== "gone");
  if (held === undefined) return;
  throw new Failure(lockText(held), {
    remedy:
      held.holder === "alive"
        ? "wait until it has ended, or interrupt it"
        : `should it be gone from ${held.host}: ${cancelCommand(held.stack)}`,
  });
}

async function agreed(question: string, { yes, json }: CleanChoices): Promise<boolean> {
  if (yes) return true;
  if (json || !process.stdin.isTTY || !process.stdout.isTTY) {
    throw new Failure("nothing was removed: there is nobody to ask", {
      remedy: "say --yes, or --dry-run to see what there is",
    });
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}

/** Pulumi's output goes to standard error: standard output is for the lines of this command. */
async function cancel(stack: string): Promise<true> {
  const report = reportTo();
  const toolchain = await ensureToolchain({ report });
  const pulumi = new PulumiCli(toolchain.pulumi, pulumiEnvironment(toolchain));
  await pulumi.read("cancel", "--yes", "--stack", stack);
  report(`the lock of stack ${stack} is gone`);
  return true;
}

async function remove(stack: string, found: Leftovers): Promise<true> {
  const { own } = found.own.length > 0 ? await removeLeftovers(stack) : found;
  // Last: the nodes that read them are gone.
  const roots = await dropImageRoots(stack);
  reportTo()(`removed ${own.length + roots.length} things of stack ${stack}`);
  return true;
}
