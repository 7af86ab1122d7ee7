import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { breachLines, contractBreaches } from "../../../images/contract/clauses";
import { lookAtImage } from "../../../images/contract/look";
import { imageContract } from "../../../images/roles";
import { schedulerKinds } from "../../../spec/scheduler";
import { elfHeader, makeSmallImage, smallManifest } from "./small-image";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), "schedlab-contract-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

const asked = { role: "slurm", contract: imageContract("slurm"), key: "in manifest" } as const;

/** The lines of what is wrong with the image in `dir`. */
async function wrong(
  format: "tree" | "disk" = "disk",
  programs: readonly string[] = [],
): Promise<string[]> {
  const seen = await lookAtImage(dir, asked.contract, programs);
  return breachLines(contractBreaches(seen, { ...asked, format }));
}

const at = (name: string) => path.join(dir, "root", name);
const write = (name: string, content: string | Buffer = "") => {
  mkdirSync(path.dirname(at(name)), { recursive: true });
  writeFileSync(at(name), content);
};
const remove = (name: string) => rmSync(at(name), { recursive: true });
const manifest = (value: unknown) =>
  writeFileSync(path.join(dir, "manifest.json"), JSON.stringify(value));

test.each(schedulerKinds)("an image that keeps the contract of %s breaks nothing", async (role) => {
  makeSmallImage(dir, role);
  // Only root can give it away.
  const contract = { ...imageContract(role), setuid: [] };
  const seen = await lookAtImage(dir, contract);
  expect(contractBreaches(seen, { role, contract, key: "in manifest", format: "disk" })).toEqual(
    [],
  );
});

describe("what an image breaks is said by its clause and how it was seen:", () => {
  beforeEach(() => makeSmallImage(dir));

  const cases: Record<string, { spoil: () => void; says: string[] }> = {
    "an artefact that is missing": {
      spoil: () => rmSync(path.join(dir, "disk.qcow2")),
      says: ["artefacts: there is no disk.qcow2"],
    },
    "a manifest that is no JSON": {
      spoil: () => writeFileSync(path.join(dir, "manifest.json"), "{"),
      says: ["manifest: manifest.json is not JSON"],
    },
    "a manifest that lacks something": {
      spoil: () => manifest({ ...smallManifest("slurm"), kernelRelease: undefined }),
      says: [expect.stringMatching(/^manifest: manifest\.json, kernelRelease: .*expected string/)],
    },
    "a manifest without a key or packages": {
      spoil: () => manifest({ ...smallManifest("slurm", ""), packages: {} }),
      says: [
        'manifest: its key is "", not 8 to 64 lower-case letters and digits that stand for its content',
        "manifest: it names no packages",
      ],
    },
    "another role": {
      spoil: () => manifest(smallManifest("kubernetes")),
      says: ["role: its manifest says kubernetes, and the nodes are to be slurm"],
    },
    "another architecture": {
      spoil: () => write("usr/lib/systemd/systemd", elfHeader(183)),
      says: ["architecture: its programs are built for arm64; nodes are amd64"],
    },
    "an address and keys of a node": {
      spoil: () => {
        write("etc/resolv.conf", "nameserver 10.0.0.1");
        write("etc/ssh/ssh_host_ed25519_key");
        write("etc/munge/munge.key");
        write("etc/machine-id", "0123\n");
      },
      says: [
        "what must not be there: /etc/resolv.conf",
        "what must not be there: /etc/munge/munge.key",
        "what must not be there: /etc/ssh/ssh_host_ed25519_key",
        "what must not be there: an identity in /etc/machine-id, which must be empty",
      ],
    },
    "accounts that can log in by a password": {
      spoil: () => write("etc/shadow", "root:$y$j9T:1::::::\nslurm::1::::::\nmunge:!:1::::::\n"),
      says: [
        "what must not be there: a password of the account root, which must be locked",
        "what must not be there: a password of the account slurm, which must be locked",
      ],
    },
    "accounts that are missing or have other ids": {
      spoil: () => write("etc/passwd", "slurm:x:1001:1001::/:/bin/false\n"),
      says: [
        "accounts: slurm has the ids 1001 1001; it must have the ids 64030 64030",
        "accounts: munge is missing; it must have the ids 500 500",
      ],
    },
    "units in another state": {
      spoil: () => {
        remove("etc/systemd/system/multi-user.target.wants/ssh.service");
        remove("usr/lib/systemd/system/slurmdbd.service");
        symlinkSync("/dev/null", at("etc/systemd/system/munge.service"));
        mkdirSync(at("etc/systemd/system/network.target.requires"));
        symlinkSync(
          "/usr/lib/systemd/system/slurmd.service",
          at("etc/systemd/system/network.target.requires/slurmd.service"),
        );
      },
      says: [
        "units: ssh.service is disabled; it must be enabled",
        "units: slurmd.service is enabled; it must be disabled",
        "units: slurmdbd.service is missing; it must be disabled",
        "units: munge.service is masked; it must be disabled",
      ],
    },
    "commands that are missing or cannot be executed": {
      spoil: () => {
        remove("usr/bin/sbatch");
        chmodSync(at("usr/bin/srun"), 0o644);
      },
      says: ["commands: sbatch is not on root's path", "commands: srun cannot be executed"],
    },
    "a command whose link leads out of the tree only": {
      spoil: () => {
        remove("usr/bin/ip");
        // There is such a file on the host, and none in the tree.
        symlinkSync("/etc/hosts", at("usr/bin/ip"));
      },
      says: ["commands: ip is not on root's path"],
    },
  };

  test.each(Object.keys(cases))("%s", async (name) => {
    cases[name]?.spoil();
    expect(await wrong()).toEqual(cases[name]?.says);
  });

  test("a program that the workload needs", async () => {
    write("opt/there");
    expect(await wrong("disk", ["/opt/there", "/opt/hpcg/xhpcg"])).toEqual([
      "commands: there is no /opt/hpcg/xhpcg, which the workload needs",
    ]);
  });
});

test("containers do not need what only machines boot", async () => {
  makeSmallImage(dir);
  for (const name of ["disk.qcow2", "vmlinuz", "initrd.img"]) rmSync(path.join(dir, name));
  expect(await wrong("tree")).toEqual([]);
  expect(await wrong("disk")).toHaveLength(3);
});

test("a program that is put in place when the node boots counts as there", async () => {
  makeSmallImage(dir);
  remove("usr/bin/munge");
  symlinkSync("/run/wrappers/bin/munge", at("usr/bin/munge"));
  expect(await wrong()).toEqual([]);
});

test("of a tree whose /etc is made at its first boot, only what is there is judged", async () => {
  makeSmallImage(dir);
  remove("etc");
  remove("usr/bin");
  mkdirSync(at("nix/store"), { recursive: true });
  expect(await wrong()).toEqual([]);
  write("etc/resolv.conf");
  expect(await wrong()).toEqual(["what must not be there: /etc/resolv.conf"]);
});

test("setuid programs have to belong to root and to run as root", async () => {
  makeSmallImage(dir, "flux");
  const contract = imageContract("flux");
  chmodSync(at("usr/libexec/flux/flux-imp"), 0o755);
  const seen = await lookAtImage(dir, contract);
  const lines = breachLines(
    contractBreaches(seen, { role: "flux", contract, key: "in manifest", format: "disk" }),
  );
  expect(lines).toEqual([
    expect.stringMatching(
      /^commands: \/usr\/libexec\/flux\/flux-imp has mode 755 and belongs to \d+:\d+; it must have 4755 and belong to 0:0$/,
    ),
  ]);
});

test("links that lead in a circle are missing, not a hang", async () => {
  makeSmallImage(dir);
  remove("usr/bin/ss");
  symlinkSync("ss", at("usr/bin/ss"));
  expect(await wrong()).toEqual(["commands: ss is not on root's path"]);
});
