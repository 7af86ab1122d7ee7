import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Failure } from "../../base/failure";
import { archiveName, checksumOf } from "../../toolchain/release";
import { forcedSource, newEnough, sourcesToTry } from "../../toolchain/source";
import { findOnPath } from "../../toolchain/stock";

describe("the choice of a toolchain", () => {
  test("tries an installed one, then the release, then building", () => {
    expect(sourcesToTry(null, false)).toEqual(["installed", "release", "built"]);
  });

  test("does not ask the release host again once one has been built", () => {
    expect(sourcesToTry(null, true)).toEqual(["installed", "built"]);
  });

  test("is forced by SCHEDLAB_TOOLCHAIN, and a wrong value names the right ones", () => {
    expect(forcedSource({ SCHEDLAB_TOOLCHAIN: "release" })).toBe("release");
    expect(forcedSource({ SCHEDLAB_TOOLCHAIN: "" })).toBeNull();
    expect(sourcesToTry("release", true)).toEqual(["release"]);
    expect(() => forcedSource({ SCHEDLAB_TOOLCHAIN: "brew" })).toThrow(Failure);
  });

  test.each([
    ["v3.250.0", true],
    ["3.251.1", true],
    ["v3.250.0-alpha.1", true],
    ["3.249.9", false],
    ["v4.0.0", false],
    ["2.999.0", false],
    ["broken", false],
  ])("an installed %s is new enough: %s", (version, expected) => {
    expect(newEnough(version, "3.250.0")).toBe(expected);
  });
});

describe("an installed Pulumi", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), "schedlab-path-"));
    vi.stubEnv("SCHEDLAB_CACHE", path.join(directory, "cache"));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(directory, { recursive: true });
  });

  function place(folder: string): string {
    const target = path.join(directory, folder);
    mkdirSync(target, { recursive: true });
    writeFileSync(path.join(target, "pulumi"), "", { mode: 0o755 });
    return target;
  }

  test("is not one that was built here, which `schedlab env` puts on PATH", async () => {
    const ours = place("cache/toolchain/bin-0123");
    const theirs = place("usr/bin");
    expect(await findOnPath("pulumi", [ours, "", "/nowhere", theirs].join(":"))).toBe(
      path.join(theirs, "pulumi"),
    );
    expect(await findOnPath("pulumi", ours)).toBeNull();
  });
});

describe("Pulumi's release", () => {
  test("is named after system and processor", () => {
    expect(archiveName("linux", "x64")).toMatch(/^pulumi-v3\.\d+\.\d+-linux-x64\.tar\.gz$/);
    expect(archiveName("darwin", "arm64")).toContain("darwin-arm64");
    expect(archiveName("linux", "riscv64")).toBeNull();
    expect(archiveName("aix", "x64")).toBeNull();
  });

  test("is checked against the line of its own name", () => {
    const [one, two] = ["1".repeat(64), "2".repeat(64)];
    const list = `${one}  a.tar.gz\n${two} *b.tar.gz\nshort  c.tar.gz\n`;
    expect(checksumOf("a.tar.gz", list)).toBe(one);
    expect(checksumOf("b.tar.gz", list)).toBe(two);
    expect(checksumOf("c.tar.gz", list)).toBeNull();
    expect(checksumOf("tar.gz", list)).toBeNull();
  });
});
