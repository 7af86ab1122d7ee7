import { setTimeout as delay } from "node:timers/promises";
import { Failure } from "../base/failure";
import type { DomainKind } from "../spec/topology";
import { containerOffScript, containerOnScript, type RestartedContainer } from "./container/power";
import { isPlacedIn } from "./owner";
import { runHostScript } from "./script";
import { virsh } from "./virsh";

/** A node's domain, as it was made. */
export interface PoweredDomain extends RestartedContainer {
  readonly kind: DomainKind;
  /** The hypervisor's. */
  readonly uri: string;
  readonly stack: string;
}

const containerSeconds = 90;
/** A guest that does not shut down by then is cut off. */
const shutdownSeconds = 60;
const lookEveryMs = 250;

/**
 * Starts a domain of a stack that has been made and does not run; one that runs is left alone. Does not wait
 * for it to answer. @throws Failure when it is not there, is not the stack's, or does not start.
 */
export async function turnOn(domain: PoweredDomain): Promise<void> {
  if (domain.kind === "lxc") {
    await runScript(domain, containerOnScript(domain), "be turned on");
    return;
  }
  if ((await machineState(domain)) === "running") return;
  await must(domain, ["start", domain.domainName]);
}

/** Ends a domain of a stack and keeps what it is made of. Repeatable. @throws Failure. */
export async function turnOff(domain: PoweredDomain): Promise<void> {
  if (domain.kind === "lxc") {
    await runScript(domain, containerOffScript(domain), "be turned off");
    return;
  }
  if ((await machineState(domain)) === "shut off") return;
  await must(domain, ["shutdown", domain.domainName]);
  const until = performance.now() + shutdownSeconds * 1000;
  while (performance.now() < until) {
    if ((await machineState(domain)) === "shut off") return;
    await delay(lookEveryMs);
  }
  await must(domain, ["destroy", domain.domainName]);
}

async function runScript({ domainName }: PoweredDomain, script: string, what: string) {
  const { failed, stderr, timedOut } = await runHostScript(script, { seconds: containerSeconds });
  if (!failed) return;
  const reason = timedOut ? `not within ${containerSeconds} s` : lastLine(stderr);
  throw new Failure(`container ${domainName} cannot ${what}: ${reason}`, { detail: stderr });
}

/** @throws Failure when no such domain is there, or its definition does not place it in the stack. */
async function machineState(domain: PoweredDomain): Promise<string> {
  const { domainName, stack } = domain;
  const xml = await must(domain, ["dumpxml", domainName]);
  if (!isPlacedIn(xml, stack)) {
    throw new Failure(`machine ${domainName} is not one of the stack ${stack}: it is left alone`);
  }
  return (await must(domain, ["domstate", domainName])).trim();
}

async function must(
  { uri, domainName }: PoweredDomain,
  command: readonly string[],
): Promise<string> {
  const { failed, stdout, stderr, timedOut, shortMessage } = await virsh(uri, command);
  if (!failed) return stdout;
  const reason = timedOut ? "no answer" : lastLine(stderr) || shortMessage;
  throw new Failure(`machine ${domainName}: virsh ${command[0]}: ${reason}`, { detail: stderr });
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
