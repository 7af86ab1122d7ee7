import { Failure } from "../../base/failure";
import { brokenAttributes, type StackLock, stackLocks, staleLocks } from "../../toolchain/backend";
import { backendUrl } from "../../toolchain/environment";

/** The locks on a stack, or on all of this project, in the backend that Pulumi would use. */
export function locksOf(stack?: string): StackLock[] {
  return stackLocks(backendUrl(), stack);
}

/** Files that keep Pulumi from reading the stack's state; none while a `pulumi` works on the stack. */
export function brokenStateOf(stack: string): string[] {
  const worked = locksOf(stack).some(({ holder }) => holder !== "gone");
  return worked ? [] : brokenAttributes(backendUrl(), stack);
}

/**
 * The command that removes the lock that a killed `pulumi` left, for a shell that has Pulumi's
 * environment.
 */
export function cancelCommand(stack: string): string {
  return `pulumi cancel -s ${stack} --yes`;
}

/** Both ways to remove a stale lock. */
export function cancelRemedy(stack: string): string {
  return `\`npx schedlab clean -s ${stack}\`, or \`eval "$(npx schedlab env)"\` and \`${cancelCommand(stack)}\``;
}

/** Who holds the lock, or held it. */
export function lockText({ stack, pid, user, host, since, holder }: StackLock): string {
  const who = `pulumi process ${pid} of ${user} on ${host}, since ${since}`;
  return holder === "gone"
    ? `stack ${stack} is locked by a ${who}, which is gone`
    : `stack ${stack} is locked by a ${who}`;
}

/** @throws Failure, with what to do, when a `pulumi` that is gone has left the stack locked. */
export function refuseStaleLock(stack: string): void {
  const [lock] = staleLocks(locksOf(stack));
  if (lock === undefined) return;
  throw new Failure(lockText(lock), { remedy: `${cancelRemedy(stack)}; then the same again` });
}
