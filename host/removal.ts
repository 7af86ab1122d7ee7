import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { Failure } from "../base/failure";
import { containerDeleteScript } from "./container/delete";
import type { ContainerPlace } from "./container/node";
import {
  containersOf,
  type Leftover,
  type Leftovers,
  leftoverLines,
  leftoversOf,
  listLeftovers,
} from "./leftovers";
import { machineUri } from "./libvirtd";
import { clusterName, stackDirectory } from "./owner";
import { removeDirectory } from "./remove-directory";
import { runHostScript } from "./script";
import { surveyHost } from "./survey";
import { virsh } from "./virsh";

const containerSeconds = 120;

/**
 * Removes the stack's containers that are left, also half-made ones of which only a directory is there. The
 * stack's own directory stays, and the files in it, which are its pool's. For `pulumi destroy`, which has
 * taken down the nodes that its state knows and cannot delete the pool of a directory that is not empty.
 * @throws Failure when something cannot be removed, or is mounted in a directory.
 */
export async function removeUnknownContainers(stack: string): Promise<void> {
  const survey = await surveyHost(stack);
  const stateDir = stackDirectory(clusterName(stack));
  await removeContainers(containersOf(survey, leftoversOf(survey, stack).own), stateDir);
  if (!existsSync(stateDir)) return;
  for (const entry of readdirSync(stateDir, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeDirectory(path.join(stateDir, entry.name));
  }
}

/**
 * Removes all that certainly belongs to `stack`, whether or not a Pulumi state knows it.
 * @returns what was there.
 * @throws Failure when something cannot be removed, or is mounted in the stack's directory.
 */
export async function removeLeftovers(stack: string): Promise<Leftovers> {
  const survey = await surveyHost(stack);
  const found = leftoversOf(survey, stack);
  const stateDir = stackDirectory(clusterName(stack));
  await removeContainers(containersOf(survey, found.own), stateDir);
  const names = (kind: Leftover["kind"]) =>
    found.own.filter((leftover) => leftover.kind === kind).map(({ owner }) => owner);
  for (const name of names("machine")) {
    await virsh(machineUri, ["destroy", name]);
    await virsh(machineUri, [
      "undefine",
      name,
      "--nvram",
      "--managed-save",
      "--snapshots-metadata",
    ]);
  }
  for (const name of names("network")) {
    await virsh(machineUri, ["net-destroy", name]);
    await virsh(machineUri, ["net-undefine", name]);
  }
  for (const name of names("pool")) {
    await virsh(machineUri, ["pool-destroy", name]);
    await virsh(machineUri, ["pool-undefine", name]);
  }
  for (const { kind, what } of found.own) {
    // Removes the cgroups of a container that nothing else knows of. The kernel refuses to remove
    // one that is in use.
    if (kind === "cgroup" && existsSync(what)) {
      await execa("find", [what, "-depth", "-type", "d", "-exec", "rmdir", "{}", "+"], {
        reject: false,
      });
    }
  }
  await removeDirectory(stateDir);
  const still = await listLeftovers(stack);
  if (still.length > 0) {
    throw new Failure("Something of schedlab cannot be removed from this host.", {
      detail: leftoverLines(still).join("\n"),
    });
  }
  return found;
}

async function removeContainers(names: ReadonlySet<string>, stateDir: string): Promise<void> {
  for (const domainName of names) await removeContainer({ domainName, stateDir });
}

async function removeContainer(node: ContainerPlace): Promise<void> {
  const { failed, timedOut, stderr } = await runHostScript(containerDeleteScript(node), {
    seconds: containerSeconds,
  });
  if (!failed) return;
  const end = timedOut ? `was not removed within ${containerSeconds} s` : "cannot be removed";
  throw new Failure(`Container ${node.domainName} ${end}.`, { detail: stderr });
}
