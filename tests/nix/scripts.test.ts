import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { execa, execaSync } from "execa";
import { describe, expect, test } from "vitest";
import { repoRoot } from "../../base/paths";
import { scratchDirectory } from "./scratch";

const { at, write, link } = scratchDirectory();
const run = (script: string, ...words: string[]) =>
  execa("sh", [path.join(repoRoot, "nix", script), ...words]);

const unit = (text: string) => `${text}\n[Install]\nWantedBy=multi-user.target\n`;

/** A directory of units such as NixOS makes: links into a store, among one another, and to /dev/null. */
function generated(): string {
  for (const name of ["ssh", "munge"]) {
    link(
      `generated/${name}.service`,
      write(`store/${name}.service`, unit("[Service]\nExecStart=/x")),
    );
  }
  link("generated/ssh.service.d/schedlab.conf", write("store/drop-in", "[Service]\n"));
  link("generated/sshd.service", "ssh.service");
  write("generated/logind.service", "[Service]\nExecStart=/x\n");
  link("generated/multi-user.target.wants/logind.service", "../logind.service");
  link("generated/getty.target", "/dev/null");
  return at("generated");
}

const hasSystemctl = execaSync("systemctl", ["--version"], { reject: false }).exitCode === 0;

describe("the units of an image", () => {
  const root = () => at("tree/etc/systemd/system");
  const place = async () => {
    const enabled = ["ssh.service", "multi-user.target"];
    await run("contract/plain-units.sh", generated(), at("units"), "logind.service", ...enabled);
    await run("contract/place-units.sh", at("units"), root(), at("tree/list"));
  };

  test("are files; other names, masks and what starts them stay links", async () => {
    await place();
    expect(lstatSync(path.join(root(), "munge.service")).isFile()).toBe(true);
    expect(readFileSync(path.join(root(), "ssh.service.d/schedlab.conf"), "utf8")).toBe(
      "[Service]\n",
    );
    expect(readlinkSync(path.join(root(), "sshd.service"))).toBe("ssh.service");
    expect(readlinkSync(path.join(root(), "getty.target"))).toBe("/dev/null");
    expect(readlinkSync(path.join(root(), "multi-user.target.wants/ssh.service"))).toBe(
      "../ssh.service",
    );
  });

  test("are not started by a target if they are to start on demand", async () => {
    await place();
    expect(existsSync(path.join(root(), "logind.service"))).toBe(true);
    expect(readdirSync(path.join(root(), "multi-user.target.wants"))).toEqual(["ssh.service"]);
  });

  test.skipIf(!hasSystemctl)(
    `are what systemd calls enabled, disabled and masked${hasSystemctl ? "" : " (skipped: no systemctl here)"}`,
    async () => {
      await place();
      const state = async (name: string) =>
        (await execa("systemctl", [`--root=${at("tree")}`, "is-enabled", name], { reject: false }))
          .stdout;
      expect(await state("ssh.service")).toBe("enabled");
      expect(await state("munge.service")).toBe("disabled");
      expect(await state("getty.target")).toBe("masked");
      await execa("systemctl", [`--root=${at("tree")}`, "enable", "munge.service"]);
      expect(await state("munge.service")).toBe("enabled");
    },
  );

  test("are refused when one that does not exist is to be enabled", async () => {
    const unknown = ["sshx.service", "multi-user.target"];
    const enabling = run("contract/plain-units.sh", generated(), at("units"), "", ...unknown);
    await expect(enabling).rejects.toThrow("no unit sshx.service that could be enabled");
  });

  test("replace those of the system before, and leave what the bootstrap made", async () => {
    // As NixOS's own activation leaves it.
    link("tree/etc/systemd/system", at("generated"));
    await place();
    write("tree/etc/systemd/system/etcd.service", "of the bootstrap");
    link("tree/etc/systemd/system/multi-user.target.wants/munge.service", "../munge.service");
    await run("contract/plain-units.sh", at("generated"), at("units2"), "");
    rmSync(at("units2/sshd.service"));
    rmSync(at("units2/munge.service"));
    writeFileSync(at("units2/munge.service"), "anew");
    await run("contract/place-units.sh", at("units2"), root(), at("tree/list"));
    expect(existsSync(path.join(root(), "sshd.service"))).toBe(false);
    expect(existsSync(path.join(root(), "multi-user.target.wants/ssh.service"))).toBe(false);
    expect(readFileSync(path.join(root(), "munge.service"), "utf8")).toBe("anew");
    expect(readFileSync(path.join(root(), "etcd.service"), "utf8")).toBe("of the bootstrap");
    expect(readlinkSync(path.join(root(), "multi-user.target.wants/munge.service"))).toBe(
      "../munge.service",
    );
  });
});

describe("the links of an image", () => {
  test("are made again for another system, after those of its trees", async () => {
    write("flux/usr/libexec/flux/flux-imp", "");
    write("flux/usr/lib/flux/module.so", "");
    write("flux/usr/bin/flux", "");
    // A link that is made anew must not end up in the directory that the former one leads to.
    for (const name of ["sw1", "sw2"]) mkdirSync(at(name));
    const list = write(
      "list",
      `/usr/bin ${at("sw1")}\n/usr/libexec/flux/flux-imp /run/wrappers/bin/flux-imp\n`,
    );
    await run("contract/place-links.sh", list, at("flux"), at("root"));
    writeFileSync(
      list,
      `/usr/bin ${at("sw2")}\n/usr/libexec/flux/flux-imp /run/wrappers/bin/flux-imp\n`,
    );
    await run("contract/place-links.sh", list, at("flux"), at("root"));
    const target = (name: string) => readlinkSync(at(`root/${name}`));
    expect(target("usr/bin")).toBe(at("sw2"));
    expect(target("usr/libexec/flux/flux-imp")).toBe("/run/wrappers/bin/flux-imp");
    expect(target("usr/lib/flux/module.so")).toBe(at("flux/usr/lib/flux/module.so"));
  });

  test("need no tree", async () => {
    const list = write("list", "/var/run /run\n");
    await run("contract/place-links.sh", list, at("root"));
    expect(readlinkSync(at("root/var/run"))).toBe("/run");
  });
});
