import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { repoRoot } from "../../base/paths";

const script = (name: string, ...args: string[]) =>
  execa("bash", [path.join(repoRoot, ".github/scripts", name), ...args], { reject: false });

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), "schedlab-github-"));
});
afterEach(() => rmSync(dir, { recursive: true }));
const at = (name: string) => path.join(dir, name);

describe("release notes", () => {
  beforeEach(() =>
    writeFileSync(
      at("CHANGELOG.md"),
      "# Changelog\n\n## Unreleased\n\n- later\n\n## 0.2.0\n\n- two\n- more\n\n## [0.1.0] 2026-01-01\n\n- one\n\n## 0.0.1\n",
    ),
  );

  test.each([
    ["v0.2.0", "- two\n- more"],
    ["0.1.0", "- one"],
  ])("of %s are what the changelog says of it", async (version, notes) => {
    expect((await script("release-notes.sh", version, at("CHANGELOG.md"))).stdout.trim()).toBe(
      notes,
    );
  });

  test.each(["v0.0.1", "v9.9.9", "v0.2"])(
    "of %s, which it does not speak of, fail",
    async (version) => {
      const { exitCode, stderr } = await script("release-notes.sh", version, at("CHANGELOG.md"));
      expect(exitCode).toBe(1);
      expect(stderr).toContain(`no section ${version.slice(1)}`);
    },
  );
});

describe("a cache", () => {
  test("comes back with its modes, without what was not there", async () => {
    mkdirSync(at("cache/images/slurm"), { recursive: true });
    writeFileSync(at("cache/images/slurm/imp"), "x");
    chmodSync(at("cache/images/slurm/imp"), 0o4755);
    const packed = at("packed/cache.tar.zst");
    const { exitCode, stderr } = await script(
      "pack-cache.sh",
      packed,
      at("cache"),
      "images",
      "host",
    );
    expect([exitCode, stderr]).toEqual([0, ""]);
    await script("unpack-cache.sh", packed, at("back"));
    expect(statSync(at("back/images/slurm/imp")).mode & 0o7777).toBe(0o4755);
    expect(readFileSync(at("back/images/slurm/imp"), "utf8")).toBe("x");
  });

  test("that was never kept is none", async () => {
    const { exitCode } = await script("unpack-cache.sh", at("nothing"), at("back"));
    expect([exitCode, existsSync(at("back"))]).toEqual([0, false]);
  });
});

test("flux without packages is left out with its reason, other roles are not", async () => {
  const [without, given, other] = await Promise.all([
    script("role-possible.sh", "flux", ""),
    script("role-possible.sh", "flux", "https://example.org/flux.tar"),
    script("role-possible.sh", "slurm", ""),
  ]);
  expect([without.stdout, given.stdout, other.stdout]).toEqual([
    ...["possible=no", "possible=yes", "possible=yes"],
  ]);
  expect(without.stderr).toContain("FLUX_PACKAGES_URL names no packages");
});
