import { setTimeout as delay } from "node:timers/promises";
import { execa } from "execa";
import { containerUri } from "../../host/libvirtd";
import { virsh } from "../../host/virsh";

/** Puts a container's network link down for a while. @throws Error when it has no link. */
export async function takeLinkDown(domain: string, ms: number): Promise<void> {
  const device = await linkOf(domain);
  await execa("ip", ["link", "set", "dev", device, "down"]);
  try {
    await delay(ms);
  } finally {
    await execa("ip", ["link", "set", "dev", device, "up"]);
  }
}

/** One command of virsh on the host's containers. @returns its output. @throws Error when it fails. */
export async function lxc(...command: string[]): Promise<string> {
  const answer = await virsh(containerUri, command, { seconds: 60 });
  if (answer.failed) throw answer;
  return answer.stdout;
}

/** The host's end of a container's link. */
async function linkOf(domain: string): Promise<string> {
  const lines = (await lxc("domiflist", domain)).split("\n");
  const device = lines.map((line) => line.trim().split(/\s+/)[0] ?? "").find((name) => name !== "");
  if (device === undefined) throw new Error(`${domain} has no link`);
  return device;
}
