import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Machine, startMachine } from "../../benchmarks/boot/machine";
import { ensureImage, imageDir } from "../../images/build";
import { breachLines, contractBreaches, parseManifest } from "../../images/contract/clauses";
import { lookAtImage } from "../../images/contract/look";
import { artefacts, sharedContract } from "../../images/contract/role";
import { diskFiles } from "../../images/disk";
import type { ImageManifest } from "../../images/manifest";
import type { ImageRole } from "../../images/recipe";
import { imageContract, imageOutsideNeeds, imageRecipe } from "../../images/roles";
import { schedulerKinds } from "../../spec/scheduler";
import { kubernetesPrograms } from "../../toolchain/kubernetes";
import { missingPrograms } from "../../toolchain/programs";

// The artefacts of either maker: SCHEDLAB_IMAGE_DIR names a directory, else the Debian images are made.
const given = process.env.SCHEDLAB_IMAGE_DIR;
const notRoot =
  process.getuid?.() === 0 ? "" : " (skipped: only root can make an image or look into its tree)";
const report = (line: string) => console.log(line);

function manifestIn(imageDir: string): ImageManifest {
  return parseManifest(readFileSync(path.join(imageDir, artefacts.manifest), "utf8"));
}

/** Why the role's image is not made here; empty when it is. */
async function reasonToSkip(role: ImageRole): Promise<string> {
  if (given) return "";
  const variable = imageOutsideNeeds(role)?.variable;
  if (variable !== undefined) {
    return process.env[variable]
      ? ""
      : `the ${role} image is skipped: it needs packages from outside Debian, and ${variable} names none`;
  }
  if (existsSync(path.join(imageDir(role), "manifest.json"))) return "";
  if (imageRecipe(role).built === undefined) return "";
  const missing = await missingPrograms(kubernetesPrograms());
  if (missing.length === 0) return "";
  return `the ${role} image is skipped: not in the cache are ${missing.join(", ")}, which take a quarter of an hour to build`;
}

const roles = given
  ? schedulerKinds.filter((role) => role === manifestIn(given).role)
  : schedulerKinds;

describe.skipIf(notRoot).each(roles)(`the %s image${notRoot}`, (role) => {
  const contract = imageContract(role);
  let skipped = "";
  let dir: string;
  let manifest: ImageManifest;

  beforeAll(async () => {
    skipped = await reasonToSkip(role);
    if (skipped !== "") return report(skipped);
    dir = given ?? (await ensureImage(role, { report })).dir;
    manifest = manifestIn(dir);
  }, 1_800_000);

  beforeEach((context) => context.skip(skipped !== "", skipped));

  const inRoot = (name: string) => path.join(dir, "root", name);

  describe("the artefacts", () => {
    // A key may be a store path's hash instead, which only the directory's name would show.
    const key = given ? "elsewhere" : "in manifest";

    test("break no clause of the contract that a look at them can tell", async () => {
      const seen = await lookAtImage(dir, contract);
      const breaches = contractBreaches(seen, { role, contract, key, format: "disk" });
      expect(breachLines(breaches)).toEqual([]);
      if (seen.tree?.system === undefined) report("accounts, units and commands are made at boot");
    });

    test("lie in a directory named by role and key", () => {
      if (!given) expect(path.basename(dir)).toBe(`${manifest.role}-${manifest.key}`);
    });

    test("hold a seed script that works with the shell of the image", async () => {
      const key = Buffer.from("KEY\n").toString("base64");
      const apply = (line: string) =>
        execa(
          "unshare",
          [
            ...["--mount", "sh", "-ec"],
            // On a file system of its own: the tree is others' lower directory and stays as it is.
            `mount -t tmpfs seed "$0/mnt"; mkdir -p "$0/mnt/etc/schedlab" "$0/mnt/proc"
           cat >"$0/mnt/etc/schedlab/seed"
           chroot "$0" /usr/lib/schedlab/seed /mnt
           cat "$0/mnt/etc/hostname" "$0/mnt/root/.ssh/key"; stat -c %a "$0/mnt/root/.ssh/key"`,
            inRoot("."),
          ],
          {
            input: `schedlab-seed 1\nhostname node01\n${line}\nfile 0640 root:root /root/.ssh/key ${key}\nend\n`,
            reject: false,
          },
        );
      expect((await apply("address 10.0.0.2/24")).stdout).toBe("node01\nKEY\n640");
      const refused = await apply("address 10.0.0.2");
      expect(refused.stderr).toMatch(/line 3: expected 'address A.B.C.D\/PREFIX'/);
      expect(refused.exitCode).toBe(1);
    });
  });

  describe("a machine booted from it", () => {
    let machine: Machine | undefined;

    beforeAll(async () => {
      if (skipped !== "") return;
      const image = {
        disk: path.join(dir, diskFiles.disk),
        kernel: path.join(dir, diskFiles.kernel),
        initrd: path.join(dir, diskFiles.initrd),
        kernelArguments: manifest.kernelArguments,
        access: "seed",
      } as const;
      machine = await startMachine(image);
      const { seconds } = await machine.answer("true", 240);
      report(`the machine answered SSH after ${seconds.toFixed(1)} s`);
    }, 300_000);

    afterAll(async () => machine?.stop());

    const run = async (command: string) => (await machine?.run(command)) ?? "";

    test("has its name, its address and no failed unit", async () => {
      const seen = "hostname; ip -4 -o address show eth0; systemctl --failed --no-legend --plain";
      expect((await run(seen)).split("\n")).toEqual([
        "node01",
        expect.stringContaining("10.0.2.15/24"),
      ]);
    }, 90_000);

    test("has a machine identity of its own", async () => {
      expect(await run("cat /etc/machine-id")).toMatch(/^[0-9a-f]{32}$/);
    }, 90_000);

    test("has the accounts with the ids of the contract", async () => {
      const names = Object.keys(contract.accounts).join(" ");
      const ids = await run(`for name in ${names}; do echo $(id -u $name) $(id -g $name); done`);
      expect(ids.split("\n").filter(Boolean)).toEqual(Object.values(contract.accounts));
    }, 90_000);

    test("has the commands of the contract", async () => {
      const commands = [...sharedContract.commands, ...contract.commands].join(" ");
      const missing = `for name in ${commands}; do command -v $name >/dev/null || echo $name; done`;
      expect(await run(missing)).toBe("");
    }, 90_000);

    test("runs sshd and the seed, and leaves the daemons to the bootstrap", async () => {
      const daemons = [...contract.daemons, ...sharedContract.daemons];
      const states = "systemctl is-active ssh schedlab-seed";
      expect((await run(states)).split("\n")).toEqual(["active", "active"]);
      const disabled = `systemctl is-enabled ${daemons.join(" ")} | sort | uniq -c; systemctl show --property=LoadState --value ${daemons.join(" ")} | sort -u | tr -d '\\n'`;
      expect((await run(disabled)).trim().split("\n")).toEqual([
        `${daemons.length} disabled`,
        "loaded",
      ]);
    }, 90_000);

    test("listens on nothing but SSH", async () => {
      const ports = await run("ss --no-header -tuln | awk '{print $1, $5}'");
      expect(new Set(ports.split("\n").map((line) => line.replace(/ .*:/, " ")))).toEqual(
        new Set(["tcp 22"]),
      );
    }, 90_000);

    test("takes keys only, without asking DNS or PAM", async () => {
      const settings =
        "sshd -T | grep -E '^(passwordauthentication|usepam|usedns|persourcepenalties) '";
      expect((await run(settings)).split("\n").sort()).toEqual([
        "passwordauthentication no",
        expect.stringMatching(/^persourcepenalties no/),
        "usedns no",
        "usepam no",
      ]);
    }, 90_000);

    if (contract.daemons.includes("munge"))
      test("authenticates with munge once it has a key", async () => {
        const key = "head -c 1024 /dev/zero | tr '\\0' k";
        const start = `(umask 077; ${key} >/etc/munge/munge.key); chown munge:munge /etc/munge/munge.key; systemctl start munge`;
        expect(await run(`${start}; munge -n | unmunge | grep STATUS`)).toContain("Success");
      }, 90_000);

    if (role === "flux")
      test("has a Flux that works, and its IMP runs as root for everybody", async () => {
        const imp = "/usr/libexec/flux/flux-imp";
        expect(await run(`stat --dereference --format '%a %u %g' ${imp}`)).toBe("4755 0 0");
        expect(await run(`setpriv --reuid flux --clear-groups ${imp} version`)).toContain(
          "flux-imp",
        );
        expect(await run("flux --version")).toMatch(/commands:\s+\d+\.\d+/);
        const alone = "HOME=/tmp flux start flux run sh -c 'echo it ran'";
        expect(await run(`flux python -c 'import flux.job'; ${alone}`)).toBe("it ran");
        // One that the packages bring along must not start by itself; the bootstrap writes its own.
        expect(await run("systemctl is-enabled flux || true")).not.toContain("enabled");
      }, 180_000);

    test("shows its figures on its own address only", async () => {
      const start = "systemctl start prometheus-node-exporter";
      const listening = `for try in $(seq 50); do ss --no-header -tln 'sport = 9100' | grep . && break; sleep 0.2; done`;
      expect(await run(`${start}; ${listening}`)).toContain("10.0.2.15:9100");
    }, 90_000);

    test("can slow its link down", async () => {
      const netem = "tc qdisc add dev lo root netem delay 1ms; tc qdisc show dev lo";
      expect(await run(netem)).toContain("netem");
    }, 90_000);

    if (contract.daemons.includes("containerd")) {
      test("imports the container images that it carries, and notices a damaged one", async () => {
        const archives = "/usr/share/schedlab/oci";
        expect(
          await run(`set -e
          cd ${archives}; sha256sum --check --strict --quiet SHA256SUMS
          systemctl start containerd
          for name in *.tar; do ctr -n k8s.io images import $name >/dev/null; done
          ctr -n k8s.io images ls -q | grep schedlab | sort`),
        ).toBe("schedlab.local/job:1\nschedlab.local/pause:1");
        const damage = `cp -r ${archives} /tmp/oci; cd /tmp/oci; printf x | dd of=pause.tar bs=1 seek=20000 conv=notrunc status=none`;
        expect(
          await run(`${damage}; sha256sum --check --strict --quiet SHA256SUMS 2>&1 || true`),
        ).toContain("pause.tar: FAILED");
      }, 180_000);

      test("starts and ends a container of the pause image", async () => {
        const pause = "schedlab.local/pause:1";
        const status = "ctr -n k8s.io tasks ls | awk '$1 == \"held\" { print $3 }'";
        expect(await run(`ctr -n k8s.io run --detach ${pause} held; ${status}`)).toBe("RUNNING");
        await run("ctr -n k8s.io tasks kill --signal TERM held");
        // Each try takes an emulated node about a second.
        const ended = `for try in $(seq 20); do [ "$(${status})" = RUNNING ] || break; done; ${status}`;
        expect(await run(ended)).toBe("STOPPED");
      }, 180_000);

      test("has the network drivers of pods", async () => {
        const pair =
          "ip link add name cni0 type bridge; ip link add veth0 type veth peer name veth1";
        expect(await run(`${pair}; ls /sys/class/net | tr '\\n' ' '`)).toMatch(
          /cni0 .*veth0 veth1/,
        );
      }, 90_000);
    }
  });
});
