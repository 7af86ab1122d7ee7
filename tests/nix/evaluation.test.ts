import { readdirSync } from "node:fs";
import path from "node:path";
import { execa, execaSync } from "execa";
import { describe, expect, test } from "vitest";
import { repoRoot } from "../../base/paths";
import { schedulerKinds } from "../../spec/scheduler";

const nixDir = path.join(repoRoot, "nix");
const files = readdirSync(nixDir, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".nix"))
  .map((name) => path.join(nixDir, name));

const has = (program: string, ...words: string[]) =>
  execaSync(program, words, { reject: false }).exitCode === 0;
const noNix = has("nix", "--version") ? "" : " (skipped: no nix on this host)";
const noFormatter = has("nixfmt", "--version") ? "" : " (skipped: no nixfmt on this host)";

/** Nixpkgs alone takes minutes to come over a slow line. */
const deadlineMs = 600_000;
/** What Nix says when an input cannot be had. */
const unreachable =
  /unable to download|cannot (be )?fetch|Could(n't| not) resolve|Could not connect|Failed to connect/i;

describe("the expressions of the Nix images", () => {
  test.skipIf(noNix)(`parse${noNix}`, async () => {
    for (const file of files) await execa("nix-instantiate", ["--parse", file]);
  });

  test.skipIf(noFormatter)(`are formatted as nixfmt does it${noFormatter}`, async () => {
    await execa("nixfmt", ["--check", ...files]);
  });

  // Flux needs a flake that the user names.
  test.skipIf(noNix).for(schedulerKinds.filter((kind) => kind !== "flux"))(
    `evaluate to the image of the %s role${noNix}`,
    { timeout: deadlineMs },
    async (role, context) => {
      const features = ["--extra-experimental-features", "nix-command flakes"];
      const output = `path:${repoRoot}?dir=nix#packages.x86_64-linux.${role}-image.drvPath`;
      const result = await execa(
        "nix",
        [...features, "eval", "--no-write-lock-file", "--raw", output],
        {
          reject: false,
          timeout: deadlineMs,
        },
      );
      context.skip(unreachable.test(result.stderr), "the flake's inputs cannot be had here");
      expect(result.stderr.split("\n").slice(-12).join("\n")).not.toMatch(/error:/);
      expect(result.stdout).toMatch(/^\/nix\/store\/\w{32}-.*-image\.drv$/);
    },
  );
});
