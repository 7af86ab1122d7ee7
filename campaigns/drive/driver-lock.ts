import { mkdir, readFile, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { execa } from "execa";
import { z } from "zod";
import { Failure } from "../../base/failure";
import { lifeOf, ownerSchema, thisOwner } from "../../experiments/run/owner";

/** A driver that was killed a moment ago still has the lock for as long as its holder takes to end. */
const SETTLE_SECONDS = 2;

const driverSchema = z.strictObject({
  ...ownerSchema.shape,
  user: z.string(),
  /** ISO 8601, UTC. */
  since: z.string(),
});
export type Driver = z.infer<typeof driverSchema>;

/** Beside the store that the campaign's runs are loaded into. */
function lockFile(store: string, campaign: string): string {
  return path.join(path.dirname(store), "campaigns", `${campaign}.lock`);
}

/** Who drives the campaign now, as far as can be seen from this host. */
export async function driverOf(store: string, campaign: string): Promise<Driver | null> {
  const driver = await readDriver(lockFile(store, campaign));
  return driver !== null && lifeOf(driver) !== "gone" ? driver : null;
}

/**
 * Does `work` as the only driver of the campaign. The kernel's lock belongs to a child that ends with its
 * standard input, so it is free again however this process ends. The file says who has it.
 * @throws Failure while another driver has it.
 */
export async function asOnlyDriver<T>(
  store: string,
  campaign: string,
  work: () => Promise<T>,
): Promise<T> {
  const file = lockFile(store, campaign);
  await mkdir(path.dirname(file), { recursive: true });
  // Ctrl-C in a terminal reaches the whole group of processes: the holder is in one of its own.
  const holder = execa(
    "flock",
    ["--wait", String(SETTLE_SECONDS), file, "sh", "-c", "echo held; exec cat >/dev/null"],
    { reject: false, stdin: "pipe", detached: true },
  );
  try {
    const held = await Promise.race([
      new Promise<boolean>((resolve) => holder.stdout.once("data", () => resolve(true))),
      holder.then(() => false),
    ]);
    if (!held) throw refusal(campaign, await readDriver(file), (await holder).stderr);
    const user = os.userInfo().username;
    const driver: Driver = { ...thisOwner(), user, since: new Date().toISOString() };
    // In place, because the lock is on this file.
    await writeFile(file, `${JSON.stringify(driver)}\n`);
    try {
      return await work();
    } finally {
      await writeFile(file, "");
    }
  } finally {
    holder.stdin.end();
    await holder;
  }
}

function refusal(campaign: string, driver: Driver | null, detail: string): Failure {
  const who =
    driver === null
      ? "another process, which has not said who it is"
      : `process ${driver.pid} of ${driver.user} on ${driver.hostname}, since ${driver.since}`;
  return new Failure(`campaign ${campaign} is driven by ${who}`, {
    remedy: `watch it with: npx schedlab campaign status ${campaign} --watch; or end it there with Ctrl-C`,
    ...(detail === "" ? {} : { detail }),
  });
}

async function readDriver(file: string): Promise<Driver | null> {
  try {
    return driverSchema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    return null;
  }
}
