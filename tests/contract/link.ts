import { setTimeout as delay } from "node:timers/promises";
import { execa } from "execa";

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

/** One command of virsh on the host's containers. @returns its output. */
export async function lxc(...command: string[]): Promise<string> {
  const { stdout } = await execa("virsh", ["--quiet", "--connect=lxc:///", ...command], {
    stdin: "ignore",
    timeout: 60_000,
  });
  return stdout;
}

/** The host's end of a container's link. */
async function linkOf(domain: string): Promise<string> {
  const lines = (await lxc("domiflist", domain)).split("\n");
  const device = lines.map((line) => line.trim().split(/\s+/)[0] ?? "").find((name) => name !== "");
  if (device === undefined) throw new Error(`${domain} has no link`);
  return device;
}
