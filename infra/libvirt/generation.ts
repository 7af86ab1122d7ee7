import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { type ContainerNode, containerPaths } from "../../host/container/node";
import { containerUri } from "../../host/libvirtd";
import { virshNames } from "../../host/virsh";

/** Names of the running container domains; empty when the daemon does not answer. */
export async function runningContainers(): Promise<ReadonlySet<string>> {
  const names = await virshNames(containerUri, ["list", "--name"], { seconds: 15 });
  return new Set(names ?? []);
}

type Placed = Pick<ContainerNode, "domainName" | "stateDir">;

function generationFile(node: Placed): string {
  return path.join(containerPaths(node).dir, "generation");
}

/**
 * Names one life of a container. Pulumi knows of a command only that it once ran; a container that
 * died since, such as with its host, gets a new generation, and so is made and bootstrapped anew.
 */
export function containerGeneration(node: Placed, running: ReadonlySet<string>): string {
  const file = generationFile(node);
  const alive = running.has(node.domainName) && existsSync(file);
  return alive ? readFileSync(file, "utf8") : randomBytes(6).toString("hex");
}

/** Shell text that records the generation once the container runs. */
export function recordGeneration(node: Placed, generation: string): string {
  return `printf %s '${generation}' > '${generationFile(node)}'\n`;
}
