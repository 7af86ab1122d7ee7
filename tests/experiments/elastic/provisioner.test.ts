import { expect, test } from "vitest";
import { DomainProvisioner } from "../../../experiments/elastic/provisioner";
import type { Executor } from "../../../experiments/remote/executor";
import { unreachable } from "./fake-membership";

/** A domain that answers from its n-th start on, and what was done with it. */
function scene(answersFrom: number) {
  const acts: string[] = [];
  let starts = 0;
  const executor = {
    run: async (node: string) => {
      if (starts < answersFrom) throw unreachable(node);
      return "";
    },
    disconnect: () => acts.push("disconnect"),
  } as unknown as Executor;
  const power = {
    on: async () => {
      starts += 1;
      acts.push("on");
    },
    off: async () => void acts.push("off"),
  };
  const streams = {
    pause: async () => void acts.push("pause"),
    resume: async () => void acts.push("resume"),
  };
  const prepare = async () => void acts.push("prepare");
  return { acts, provisioner: new DomainProvisioner(executor, power, streams, prepare, 50) };
}

test("a domain is turned on, prepared once it answers, and its streams go on", async () => {
  const { acts, provisioner } = scene(1);
  await provisioner.start("node01", AbortSignal.timeout(5_000));
  expect(acts).toEqual(["on", "prepare", "resume"]);
});

test("a domain that ends while it boots is turned on again", async () => {
  const { acts, provisioner } = scene(3);
  await provisioner.start("node01", AbortSignal.timeout(5_000));
  expect(acts).toEqual(["on", "on", "on", "prepare", "resume"]);
});

test("the wait for a domain that never answers ends with the caller's deadline", async () => {
  const { acts, provisioner } = scene(Number.POSITIVE_INFINITY);
  await expect(provisioner.start("node01", AbortSignal.timeout(300))).rejects.toThrow("aborted");
  expect(acts).not.toContain("prepare");
});

test("a domain is turned off when its streams have ended", async () => {
  const { acts, provisioner } = scene(1);
  await provisioner.stop("node01");
  expect(acts).toEqual(["pause", "disconnect", "off"]);
});
