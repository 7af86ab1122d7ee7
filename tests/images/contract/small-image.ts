import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { artefacts, sharedContract } from "../../../images/contract/role";
import type { ImageManifest } from "../../../images/manifest";
import type { ImageRole } from "../../../images/recipe";
import { imageContract } from "../../../images/roles";

/** The start of a program of 64 bits for the machine of this number; 62 is amd64. */
export function elfHeader(machine = 62): Buffer {
  const header = Buffer.alloc(64);
  header.write("\x7fELF\x02\x01\x01", "latin1");
  header.writeUInt16LE(machine, 18);
  return header;
}

export function smallManifest(role: ImageRole, key = "0123456789abcdef"): ImageManifest {
  return {
    ...{ role, key, suite: "made-up", packages: { made: "1.2" } },
    ...{ kernelRelease: "6.12.0", kernelArguments: "root=/dev/vda rw", createdAt: "2026-11-25" },
  };
}

/** Writes a made-up image that keeps the contract as far as a look at its files can tell. */
export function makeSmallImage(dir: string, role: ImageRole = "slurm", key?: string): void {
  const contract = imageContract(role);
  const root = path.join(dir, "root");
  const put = (name: string, content: string | Buffer = "", mode = 0o644) => {
    const file = path.join(root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
    chmodSync(file, mode);
  };
  for (const name of Object.values(artefacts)) {
    if (name === artefacts.tree) mkdirSync(root, { recursive: true });
    else writeFileSync(path.join(dir, name), "");
  }
  writeFileSync(path.join(dir, "manifest.json"), JSON.stringify(smallManifest(role, key)));
  put("usr/lib/systemd/systemd", elfHeader(), 0o755);
  mkdirSync(path.join(root, "usr/sbin"), { recursive: true });
  // As Debian has it: absolute and relative links that only lead somewhere inside the tree.
  symlinkSync("usr/sbin", path.join(root, "sbin"));
  symlinkSync("/lib/systemd/systemd", path.join(root, "usr/sbin/init"));
  symlinkSync("usr/lib", path.join(root, "lib"));
  put("etc/machine-id");
  const ids = Object.entries(contract.accounts).map(
    ([name, both]) => `${name}:x:${both.replace(" ", ":")}::/nonexistent:/usr/sbin/nologin\n`,
  );
  put("etc/passwd", `root:x:0:0:root:/root:/bin/sh\n${ids.join("")}`);
  put("etc/shadow", "root:*:19000::::::\nslurm:!:19000::::::\n");
  for (const name of [...sharedContract.commands, ...contract.commands]) {
    const setuid = contract.setuid.includes(name);
    put(name.startsWith("/") ? name : `usr/bin/${name}`, elfHeader(), setuid ? 0o4755 : 0o755);
  }
  for (const name of contract.files) put(name);
  for (const name of [...sharedContract.daemons, ...contract.daemons, ...sharedContract.started]) {
    put(`usr/lib/systemd/system/${name}.service`, "[Unit]\n");
  }
  const wants = path.join(root, "etc/systemd/system/multi-user.target.wants");
  mkdirSync(wants, { recursive: true });
  for (const name of sharedContract.started) {
    symlinkSync(`/usr/lib/systemd/system/${name}.service`, path.join(wants, `${name}.service`));
  }
}
