import { describe, expect, test } from "vitest";
import { nixCause } from "../../../images/nix/cause";

const hash = "v2fbbd085lps6lv4qd2bd3jivslyjxp7";
const command = "nix build './nix#slurm-image'";

/** What Nix 2.26 prints; later ones say of builds what `newer` does. */
const said: Record<string, string> = {
  "a trace": `warning: Git tree '/src' is dirty
error:
       … while calling the 'head' builtin
         at /nix/store/${hash}-source/flake.nix:7:15:
            7|  deep-image = builtins.head (map (x: x.nope) [ { a = 1; } ]);
             |               ^

       error: attribute 'nope' missing
       at /nix/store/${hash}-source/flake.nix:7:38:
            6|  other = 1;
            7|  deep-image = builtins.head (map (x: x.nope) [ { a = 1; } ]);
             |                                      ^`,
  "a syntax error": `error: syntax error, unexpected ';'
       at /nix/store/${hash}-source/flake.nix:1:29:
            1| { outputs = { self }: { x = ; }; }
             |                             ^`,
  "an attribute that is not there": `error: flake 'path:/src/nix' does not provide attribute 'packages.x86_64-linux.slurm-image', 'legacyPackages.x86_64-linux.slurm-image' or 'slurm-image'`,
  "a build that failed": `these 2 derivations will be built:
  /nix/store/${hash}-fail.drv
building '/nix/store/${hash}-fail.drv'...
error: builder for '/nix/store/${hash}-fail.drv' failed with exit code 3;
       last 2 log lines:
       > one
       > two
       For full logs, run:
         nix log /nix/store/${hash}-fail.drv
error: 1 dependencies of derivation '/nix/store/${hash}-slurm-image.drv' failed to build`,
  "no network": `warning: error: unable to download 'https://cache.example/nix-cache-info': Could not resolve hostname (6); retrying in 341 ms
error:
       … while fetching the input 'github:a/b'

       error: unable to download 'https://api.example/repos/a/b/commits/HEAD': Could not resolve hostname (6) Could not resolve host: api.example`,
  "another architecture": `this derivation will be built:
  /nix/store/${hash}-arm.drv
error: a 'aarch64-linux' with features {} is required to build '/nix/store/${hash}-arm.drv', but I am a 'x86_64-linux' with features {kvm}`,
  "no flake": `error:
       … while fetching the input 'path:/src/zz'

       error: path '//src/zz' does not exist`,
  "a file that Git does not know":
    "error: Path 'nix/roles/new.nix' in the repository \"/src\" is not tracked by Git.\n",
};

const newer = `error: Cannot build '/nix/store/${hash}-fail.drv'.
       Reason: builder failed with exit code 3.
       Last 2 log lines:
       > one
       > two
error: Cannot build '/nix/store/${hash}-slurm-image.drv'.
       Reason: 1 dependency failed.
error: Build failed due to failed dependency`;

describe("Nix's error is shortened to its cause:", () => {
  test.each([
    ["a trace", "attribute 'nope' missing", /--show-trace$/],
    ["a syntax error", "syntax error, unexpected ';'", /--show-trace$/],
    [
      "an attribute that is not there",
      "flake 'path:/src/nix' does not provide attribute 'packages.x86_64-linux.slurm-image', 'legacyPackages.x86_64-linux.slurm-image' or 'slurm-image'",
      /packages\.x86_64-linux\.ROLE-image/,
    ],
    [
      "a build that failed",
      `builder for '/nix/store/${hash}-fail.drv' failed with exit code 3`,
      /--show-trace$/,
    ],
    [
      "no network",
      "unable to download 'https://api.example/repos/a/b/commits/HEAD': Could not resolve hostname (6) Could not resolve host: api.example",
      /^check the network/,
    ],
    [
      "another architecture",
      `a 'aarch64-linux' with features {} is required to build '/nix/store/${hash}-arm.drv', but I am a 'x86_64-linux' with features {kvm}`,
      /must hold what is built for x86_64-linux/,
    ],
    ["no flake", "path '//src/zz' does not exist", /^set image\.flake to a directory/],
    [
      "a file that Git does not know",
      "Path 'nix/roles/new.nix' in the repository \"/src\" is not tracked by Git.",
      /^git add the file/,
    ],
  ])("%s", (name, message, remedy) => {
    expect(nixCause(said[name] ?? "", command)).toEqual({
      message,
      detail: expect.any(String),
      remedy: expect.stringMatching(remedy),
    });
  });

  test("where in the flake it is, or the end of the build's log", () => {
    expect(nixCause(said["a trace"] ?? "", command).detail).toMatch(
      new RegExp(`^at /nix/store/${hash}-source/flake\\.nix:7:38:\n6\\|`),
    );
    expect(nixCause(said["a build that failed"] ?? "", command).detail).toContain("> one\n> two\n");
  });

  test("of a build, what failed first and not what failed because of it", () => {
    expect(nixCause(newer, command)).toMatchObject({
      message: `Cannot build '/nix/store/${hash}-fail.drv'.`,
      detail: expect.stringContaining("builder failed with exit code 3.\nLast 2 log lines:\n> one"),
    });
  });

  test("a Nix that says nothing of the kind has the end of what it printed", () => {
    expect(nixCause("killed\n", command)).toMatchObject({
      message: "nix failed and did not say why",
      detail: "killed",
    });
  });
});
