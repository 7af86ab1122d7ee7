import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { makerCheck } from "../../cli/doctor/makers";
import { makeSmallImage } from "../images/contract/small-image";
import { FakeNix } from "../images/nix/fake-nix";

let dir: string;
let nix: FakeNix;
beforeEach(() => {
  nix = new FakeNix();
  dir = mkdtempSync(path.join(tmpdir(), "schedlab-doctor-"));
});
afterEach(() => {
  nix.remove();
  rmSync(dir, { recursive: true });
});

const stack = { stack: "mine", role: "slurm" } as const;
const flake = { ...stack, image: { maker: "nix", flake: "./nix" } } as const;
const given = () => ({ ...stack, image: { maker: "path" as const, directory: dir } });

test("a stack that asks for nix gets a line with the nix that is there", async () => {
  expect(await makerCheck(flake)).toEqual({
    ...{ name: "image of stack mine", status: "ok", detail: "nix (Nix) 2.26.3", remedy: null },
  });
  expect(nix.calls.some((call) => call.startsWith("build"))).toBe(false);
});

test("a stack that asks for nix where there is none gets a line with what to install", async () => {
  vi.stubEnv("PATH", dir);
  expect(await makerCheck(flake)).toMatchObject({
    status: "warn",
    detail: "image.maker is nix, and nix is not installed on this host",
    remedy: expect.stringContaining("install Nix"),
  });
});

test("a stack with an image of its own gets a line with its key, or with what is wrong", async () => {
  makeSmallImage(dir);
  expect(await makerCheck(given())).toMatchObject({
    status: "ok",
    detail: `${dir}, key 0123456789abcdef`,
  });
  rmSync(path.join(dir, "manifest.json"));
  expect(await makerCheck(given())).toMatchObject({
    status: "warn",
    detail: expect.stringContaining("artefacts: there is no manifest.json"),
  });
});
