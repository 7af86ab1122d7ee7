import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { repoRoot } from "../../base/paths";
import { scratchDirectory } from "./scratch";

const { at, write, link } = scratchDirectory();
const inRoot = (name: string) => at(`root/${name}`);

/** Stands for a program: notes its arguments, and does nothing. */
const double = (name: string) =>
  write(`bin/${name}`, `#!/bin/sh\necho "$*" >>${at(name)}\n`, 0o755);

/** Lays out a system of one package, with the files of /etc that the cases below look at. */
async function layOut(): Promise<void> {
  for (const name of ["nix-store", "sqlite3", "mkfs.ext4"]) double(name);
  write("store/package/bin/true", "");
  write("closure/store-paths", `${at("store/package")}\n`);
  write("closure/registration", "");

  write("store/profile", "of a file");
  link("etc/profile", at("store/profile"));
  link("etc/pam.d", at("store"));
  link("etc/systemd/journald.conf.d/schedlab.conf", at("store/profile"));
  link("etc/systemd/system", at("store"));
  link("etc/mtab", "/proc/mounts");
  write("etc/mtab.mode", "direct-symlink\n");
  link("etc/sudoers", at("store/profile"));
  const { uid, gid } = statSync(at(""));
  for (const [name, text] of [
    ["mode", "0440"],
    ["uid", `+${uid}`],
    ["gid", `+${gid}`],
  ] as const) {
    write(`etc/sudoers.${name}`, `${text}\n`);
  }
  for (const name of ["passwd", "group", "shadow", "gshadow"])
    write(`accounts/${name}`, `${name}\n`);
  write("units/ssh.service", "[Service]\n");
  write("links", "/sbin/init /systemd\n/usr/lib/schedlab/seed /seed\n");

  const contract = path.join(repoRoot, "nix/contract");
  await execa("sh", [path.join(repoRoot, "nix/formats/image.sh")], {
    env: {
      PATH: `${at("bin")}:${process.env.PATH}`,
      closure: at("closure"),
      system: "/nix/store/system",
      etc: at("etc"),
      accounts: at("accounts"),
      modules: "/nix/store/modules",
      release: "6.0",
      root: at("root"),
      raw: at("disk.raw"),
      place_units: `sh ${contract}/place-units.sh ${at("units")}`,
      place_links: `sh ${contract}/place-links.sh ${at("links")}`,
    },
  });
}

describe("the tree of an image", () => {
  test("holds the store, the system's profile and what is to be found by its path", async () => {
    await layOut();
    expect(existsSync(inRoot("nix/store/package/bin/true"))).toBe(true);
    expect(readlinkSync(inRoot("nix/var/nix/profiles/system"))).toBe("system-1-link");
    expect(readlinkSync(inRoot("nix/var/nix/profiles/system-1-link"))).toBe("/nix/store/system");
    expect(readlinkSync(inRoot("sbin/init"))).toBe("/systemd");
    expect(readlinkSync(inRoot("lib/modules"))).toBe("/nix/store/modules/lib/modules");
    expect(readFileSync(inRoot("usr/lib/schedlab/kernel-release"), "utf8")).toBe("6.0\n");
    expect(statSync(inRoot("tmp")).mode & 0o7777).toBe(0o1777);
    expect(statSync(inRoot("root")).mode & 0o777).toBe(0o700);
    // Mount points of a container, of the contract's suite and of a pod.
    for (const name of ["dev", "proc", "sys", "run", "mnt", "home", "opt"]) {
      expect(readdirSync(inRoot(name)), name).toEqual([]);
    }
    expect(readFileSync(at("mkfs.ext4"), "utf8")).toContain(`-d ${at("root")} ${at("disk.raw")}`);
    expect(statSync(at("disk.raw")).size).toBe(4 * 2 ** 30);
  });

  test("has /etc as an activation would leave it, with units that can be changed", async () => {
    await layOut();
    expect(readlinkSync(inRoot("etc/static"))).toBe(at("etc"));
    expect(readlinkSync(inRoot("etc/profile"))).toBe("/etc/static/profile");
    expect(readlinkSync(inRoot("etc/pam.d"))).toBe("/etc/static/pam.d");
    expect(readlinkSync(inRoot("etc/systemd/journald.conf.d/schedlab.conf"))).toBe(
      "/etc/static/systemd/journald.conf.d/schedlab.conf",
    );
    expect(readlinkSync(inRoot("etc/mtab"))).toBe("/proc/mounts");
    expect(readFileSync(inRoot("etc/sudoers"), "utf8")).toBe("of a file");
    expect(statSync(inRoot("etc/sudoers")).mode & 0o777).toBe(0o440);
    expect(readFileSync(inRoot("etc/.clean"), "utf8")).toBe("sudoers\n");
    expect(readdirSync(inRoot("etc/systemd/system"))).toEqual(["ssh.service"]);
    expect(readFileSync(inRoot("var/lib/schedlab/units"), "utf8")).toBe("./ssh.service\n");
    expect(existsSync(inRoot("etc/NIXOS"))).toBe(true);
  });

  test("has accounts, and nothing that is a node's own", async () => {
    await layOut();
    expect(readFileSync(inRoot("etc/passwd"), "utf8")).toBe("passwd\n");
    expect(statSync(inRoot("etc/shadow")).mode & 0o777).toBe(0o600);
    expect(readFileSync(inRoot("etc/machine-id"), "utf8")).toBe("");
    for (const name of ["hostname", "hosts", "resolv.conf", "ssh", "munge", "slurm"]) {
      expect(existsSync(inRoot(`etc/${name}`)), name).toBe(false);
    }
  });
});
