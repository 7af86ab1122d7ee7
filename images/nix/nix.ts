import { createInterface } from "node:readline";
import { execa } from "execa";
import { Failure } from "../../base/failure";
import { repoRoot } from "../../base/paths";

/** Neither is on by itself in Nix, and a user need not have switched them on. */
const features = ["--extra-experimental-features", "nix-command flakes"];

/** What nodes run, in the words of Nix. */
const nodeSystem = "x86_64-linux";

const install =
  "install Nix 2.4 or newer (Debian and Ubuntu: apt-get install nix-bin; elsewhere: nixos.org/download), " +
  "or leave image.maker at debian";

export interface NixResult {
  readonly failed: boolean;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

/**
 * Runs `nix` in the project, so that a relative flake reference starts there. `follow` gets the lines
 * that it says meanwhile. @throws Failure when it is not installed.
 */
export async function nix(
  args: readonly string[],
  { minutes, follow }: { readonly minutes: number; readonly follow?: (line: string) => void },
): Promise<NixResult> {
  const running = execa("nix", [...features, ...args], {
    cwd: repoRoot,
    reject: false,
    stdin: "ignore",
    timeout: minutes * 60_000,
  });
  if (follow) createInterface({ input: running.stderr }).on("line", follow);
  const result = await running;
  if (result.code === "ENOENT") {
    throw new Failure("image.maker is nix, and nix is not installed on this host", {
      remedy: install,
    });
  }
  const { failed, stdout, stderr, timedOut } = result;
  return { failed, stdout, stderr, timedOut };
}

const look = 'if builtins ? getFlake then builtins.currentSystem else ""';

/**
 * Version of a Nix that can build nodes' images on this host.
 * @throws Failure when there is none, when it is too old or forbids flakes, or is of another architecture.
 */
export async function usableNix(): Promise<string> {
  const version = (await nix(["--version"], { minutes: 1 })).stdout.trim();
  const { failed, stdout, stderr } = await nix(["eval", "--impure", "--raw", "--expr", look], {
    minutes: 1,
  });
  const system = stdout.trim();
  if (failed || system === "") {
    throw new Failure(`${version || "nix"} on this host cannot evaluate flakes`, {
      remedy:
        "it needs Nix 2.4 or newer, and `experimental-features = nix-command flakes` in nix.conf " +
        "where --extra-experimental-features is not allowed; or leave image.maker at debian",
      ...(stderr.trim() === "" ? {} : { detail: stderr.trim() }),
    });
  }
  if (system !== nodeSystem) {
    throw new Failure(`nix on this host builds for ${system}; nodes are ${nodeSystem}`, {
      remedy: `use a host that is ${nodeSystem}`,
    });
  }
  return version;
}
