import { expect, test } from "vitest";
import { schedulerKinds } from "../../spec/scheduler";
import { bootstrapOf } from "./bootstrap";

test.each(schedulerKinds)("the checks get seeds and steps of a cluster of %s", (kind) => {
  const { seeds, steps } = bootstrapOf(kind);
  expect(Object.keys(seeds)).toEqual(["controller", "node01", "node02"]);
  for (const [name, seed] of Object.entries(seeds)) {
    expect(seed).toMatch(new RegExp(`^schedlab-seed 1\nhostname ${name}\n`));
    expect(seed).toMatch(/^file 0600 root:root \/etc\/ssh\/ssh_host_ed25519_key \S+$/m);
  }
  expect(steps.at(-1)?.name).toBe("ready");

  // Every step's input is a secret that is there or what an earlier step prints.
  const done = new Set<string>();
  for (const { name, host, needs, secretFrom, input, create } of steps) {
    expect(seeds).toHaveProperty(host);
    expect([...done]).toEqual(expect.arrayContaining([...needs]));
    if (secretFrom !== undefined) expect(done).toContain(secretFrom);
    if (input !== undefined) expect(Buffer.from(input, "base64").length).toBeGreaterThan(32);
    expect(create).not.toBe("");
    done.add(name);
  }
});
