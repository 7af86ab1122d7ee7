import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { containerCreateScript } from "../../host/container/create";
import { containerDeleteScript } from "../../host/container/delete";
import { containerExplainScript } from "../../host/container/explain";
import type { ContainerNode } from "../../host/container/node";
import { leftoverLines, listLeftovers } from "../../host/leftovers";
import { containerUri, ensureLibvirtd } from "../../host/libvirtd";
import { probeDomain, stackDirectory } from "../../host/owner";
import { attemptKind } from "../../host/probe/kind";
import { removeLeftovers } from "../../host/removal";
import { shapingSupport } from "../../host/shaping";
import { ensureImage } from "../../images/build";
import { greets, sshTo } from "./bare-ssh";

const stack = `e2ehost${process.pid}`;
const network = `schedlab-${stack}`;
// One of 200 ranges, so that two suites on a host seldom meet.
const subnet = `10.251.${process.pid % 200}`;
const addressOf = (index: number) => `${subnet}.${10 + index}`;
const memoryMiB = 256;
const report = (line: string) => console.log(line);

let directory: string;
let imageDir: string;

const notRoot = process.getuid?.() === 0 ? "" : " (skipped: containers need root)";

function node(index: number, changed: Partial<ContainerNode> = {}): ContainerNode {
  return {
    domainName: `${network}-node0${index}`,
    imageRoot: path.join(imageDir, "root"),
    stateDir: stackDirectory(network),
    networkName: network,
    mac: `52:54:00:fb:00:0${index}`,
    vcpus: 1,
    memoryMiB,
    bandwidthMbps: null,
    latencyUs: null,
    nesting: false,
    ...changed,
  };
}

async function seed(index: number): Promise<string> {
  const base64 = async (file: string) =>
    (await readFile(path.join(directory, file))).toString("base64");
  return `schedlab-seed 1
hostname node0${index}
address ${addressOf(index)}/24
file 0600 root:root /etc/ssh/ssh_host_ed25519_key ${await base64("host")}
file 0644 root:root /etc/ssh/ssh_host_ed25519_key.pub ${await base64("host.pub")}
file 0600 root:root /root/.ssh/authorized_keys ${await base64("user.pub")}
end
`;
}

const bash = (script: string, input = "") => execa("bash", ["-c", script], { input });

async function create(index: number, changed: Partial<ContainerNode> = {}): Promise<void> {
  await bash(containerCreateScript(node(index, changed)), await seed(index));
}

async function destroy(index: number): Promise<void> {
  await bash(containerDeleteScript(node(index)));
}

const ssh = (index: number, command: string) =>
  sshTo(path.join(directory, "user"), addressOf(index), command);

/** Milliseconds until the node answers; fails with what is known about the node after 20 s. */
async function answers(index: number): Promise<number> {
  const start = performance.now();
  while (!(await greets(addressOf(index)))) {
    if (performance.now() - start > 20_000) {
      const { stdout } = await bash(containerExplainScript(node(index)));
      throw new Error(`node0${index} does not answer SSH\n${stdout}`);
    }
    await delay(50);
  }
  return performance.now() - start;
}

async function leftOfNodes(): Promise<string[]> {
  const found = await listLeftovers(stack);
  return leftoverLines(found.filter(({ owner }) => owner !== network));
}

describe.skipIf(notRoot)(`container nodes${notRoot}`, () => {
  beforeAll(async () => {
    await ensureLibvirtd({ report });
    imageDir = (await ensureImage("slurm", { report, formats: ["tree"] })).dir;
    directory = await mkdtemp(path.join(tmpdir(), "schedlab-e2e-"));
    for (const name of ["host", "user"]) {
      const file = path.join(directory, name);
      await execa("ssh-keygen", ["-q", "-N", "", ...["-t", "ed25519"], ...["-f", file]]);
    }
    const xml = `<network><name>${network}</name><bridge name='sl-e${process.pid % 1e6}'/><ip address='${subnet}.1' netmask='255.255.255.0'/></network>`;
    const file = path.join(directory, "network.xml");
    await writeFile(file, xml);
    await execa("virsh", ["-c", containerUri, "net-create", file]);
  }, 900_000);

  afterAll(async () => {
    await removeLeftovers(stack);
    await rm(directory, { recursive: true, force: true });
  }, 120_000);

  test("two nodes answer SSH within 5 s on a quiet host, and see each other, their name and their memory", async () => {
    await Promise.all([create(1), create(2)]);
    const times = await Promise.all([answers(1), answers(2)]);
    report(
      `two nodes answered SSH ${times.map((ms) => (ms / 1000).toFixed(1)).join(" and ")} s after their start`,
    );
    // Other work on the host, which the suite cannot command, slows a start.
    const busy = (loadavg()[0] ?? 0) > availableParallelism();
    expect(Math.max(...times)).toBeLessThan(busy ? 15_000 : 5000);
    const seen = await ssh(
      1,
      `hostname; ping -c 1 -W 2 ${subnet}.12 > /dev/null || bash -c '< /dev/tcp/${subnet}.12/22'; echo $?; stat -c %a /etc/schedlab/seed; df --output=fstype /dev/shm | tail -n 1; awk '/MemTotal/ {print $2}' /proc/meminfo`,
    );
    expect(seen.stdout.split("\n")).toEqual([
      "node01",
      "0",
      "600",
      "tmpfs",
      String(memoryMiB * 1024),
    ]);
    await bash(`virsh -q -c ${containerUri} domstate ${node(1).domainName} | grep -qx running`);
  }, 60_000);

  test("creating a whole node again leaves it running as it is", async () => {
    const boot = async () =>
      (await ssh(1, "stat -c %Y /proc/1; touch /root/kept; ls /root")).stdout;
    const before = await boot();
    await create(1);
    expect(await boot()).toBe(before);
    expect(before).toContain("kept");
  }, 60_000);

  test("a node with another size is made anew", async () => {
    await create(2, { memoryMiB: 200 });
    await answers(2);
    expect((await ssh(2, "awk '/MemTotal/ {print $2}' /proc/meminfo")).stdout).toBe(
      String(200 * 1024),
    );
  }, 60_000);

  test("a node cannot use more memory than its limit", async () => {
    const greedy = await ssh(1, `head -c ${memoryMiB * 2}M /dev/zero | tail | wc -c; echo alive`);
    expect(greedy.stdout.split("\n")).toEqual(["0", "alive"]);
  }, 60_000);

  const oneCore = availableParallelism() < 2 ? " (skipped: the host has one core)" : "";
  test.skipIf(oneCore)(
    `two busy loops on one vCPU use one core${oneCore}`,
    async () => {
      const seconds = 4;
      const loop = `timeout ${seconds} sh -c 'while :; do :; done' &`;
      const usage = "grep usage_usec /sys/fs/cgroup/cpu.stat";
      const { stdout } = await ssh(1, `${usage}; ${loop} ${loop} wait; ${usage}`);
      const [before = 0, after = 0] = [...stdout.matchAll(/usage_usec (\d+)/g)].map(([, usec]) =>
        Number(usec),
      );
      const used = (after - before) / 1e6;
      report(`two busy loops used ${(used / seconds).toFixed(2)} cores of 1`);
      expect(used).toBeGreaterThan(0.2 * seconds);
      expect(used).toBeLessThan(1.15 * seconds);
    },
    60_000,
  );

  test("a node can neither make devices nor change the host's kernel settings nor trigger sysrq", async () => {
    const tries = await ssh(
      1,
      "mknod /tmp/disk b 254 0; echo $?; echo 1 > /proc/sys/kernel/panic; echo $?; dmesg > /dev/null; echo $?; [ -s /proc/sysrq-trigger ]; echo $?; cat /sys/fs/cgroup/cgroup.procs | wc -l",
    );
    expect(tries.stdout.split("\n")).toEqual(["1", "1", "1", "1", "0"]);
  }, 60_000);

  const pure = existsSync("/sys/fs/cgroup/memory") ? "" : " (skipped: no cgroup v1 controllers)";
  test.skipIf(pure)(
    `a node with containers of its own has control groups and devices, but no way to the host's kernel${pure}`,
    async () => {
      await create(3, { nesting: true });
      await answers(3);
      const tries = await ssh(
        3,
        [
          "cut -d: -f3 /proc/1/cgroup | sort -u | tr '\\n' ' '; echo",
          "mkdir /sys/fs/cgroup/{memory,pids,devices}/trial; echo $?",
          "echo 20M > /sys/fs/cgroup/memory/trial/memory.limit_in_bytes; echo $?",
          "mknod /tmp/disk b 254 0; echo $?; head -c 1 /tmp/disk 2>&1 | grep -c 'not permitted'",
          "echo 1 > /proc/sys/net/ipv4/ip_forward; echo $?; echo 1 > /proc/sys/kernel/panic; echo $?",
          "dmesg | wc -c; systemctl is-active ssh",
        ].join("; "),
      );
      expect(tries.stdout.split("\n")).toEqual([
        "/ /init.scope ",
        ...["0", "0", "0", "1", "0", "1", "0", "active"],
      ]);
      const groups = await execa("find", ["/sys/fs/cgroup", "-name", `*${network}-node03*`]);
      expect(groups.stdout).toContain(`/pids/node-${network}-node03`);
      await destroy(3);
      const left = await execa("find", ["/sys/fs/cgroup", "-name", `*${network}-node03*`]);
      expect(left.stdout).toBe("");
      expect((await ssh(1, "systemctl is-active ssh")).stdout).toBe("active");
    },
    60_000,
  );

  test("a create killed at any point is repaired by the next one", async () => {
    for (const milliseconds of [20, 80, 140, 200, 300]) {
      await destroy(2);
      const killed = execa("bash", ["-c", containerCreateScript(node(2))], {
        input: await seed(2),
        detached: true,
        reject: false,
      });
      await delay(milliseconds);
      if (killed.pid && killed.exitCode === null) process.kill(-killed.pid, "SIGKILL");
      await killed;
      await create(2);
      await answers(2);
    }
  }, 120_000);

  test("a delete repairs a create killed at any point, and works on a node that is not there", async () => {
    for (const milliseconds of [20, 80, 140, 200, 300]) {
      const killed = execa("bash", ["-c", containerCreateScript(node(3))], {
        input: await seed(3),
        detached: true,
        reject: false,
      });
      await delay(milliseconds);
      if (killed.pid && killed.exitCode === null) process.kill(-killed.pid, "SIGKILL");
      await killed;
      await destroy(3);
      expect((await leftOfNodes()).join("\n")).not.toContain("node03");
    }
    await destroy(3);
  }, 120_000);

  test("a create that fails says why and leaves nothing", async () => {
    const script = containerCreateScript(node(4, { networkName: "no-such-network" }));
    const failed = await execa("bash", ["-c", script], { input: await seed(4), reject: false });
    expect(failed.exitCode).toBe(1);
    expect(failed.stderr).toMatch(/node04: does not start: [\s\S]*no-such-network/);
    expect((await leftOfNodes()).join("\n")).not.toContain("node04");
    expect(existsSync(path.join(stackDirectory(network), node(4).domainName))).toBe(false);
  }, 60_000);

  test("a limited link is as slow as it should be", async (context) => {
    const support = await shapingSupport("lxc");
    if (!support.bandwidth) context.skip(`not here: ${support.reason}`);
    await create(2, { bandwidthMbps: 80 });
    await answers(2);
    const start = performance.now();
    expect((await ssh(2, "head -c 20000000 /dev/zero")).stdout.length).toBe(20_000_000);
    const megabitsPerSecond = (20 * 8) / ((performance.now() - start) / 1000);
    expect(megabitsPerSecond).toBeLessThan(88);
  }, 60_000);

  test("deleted nodes leave no process, domain, cgroup, mount or directory", async () => {
    expect((await leftOfNodes()).length).toBeGreaterThan(10);
    await Promise.all([destroy(1), destroy(2)]);
    expect(await leftOfNodes()).toEqual(["nothing is left"]);
    expect(await readdir(stackDirectory(network))).toEqual([]);
    const files = ["/run/libvirt/lxc", "/var/log/libvirt/lxc"].map((place) => readdir(place));
    expect((await Promise.all(files)).flat().filter((file) => file.includes(stack))).toEqual([]);
  }, 60_000);

  test("what nobody remembers is found and removed", async () => {
    await create(5);
    await bash(`rm -rf '${path.join(stackDirectory(network), node(5).domainName, "made")}'`);
    const removed = await removeLeftovers(stack);
    expect(removed.own.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(["container", "network", "process", "mount", "cgroup"]),
    );
    expect(leftoverLines(await listLeftovers(stack))).toEqual(["nothing is left"]);
  }, 60_000);

  test("the probe finds that containers work, and leaves nothing", async () => {
    const attempt = await attemptKind("lxc", { dir: imageDir }, report);
    expect(attempt).toMatchObject({ kind: "lxc", ok: true, reason: null });
    const left = await listLeftovers();
    expect(left.filter(({ owner }) => owner === probeDomain)).toEqual([]);
  }, 120_000);

  test("the probe of an image without a kernel says so", async () => {
    const attempt = await attemptKind("qemu", { dir: directory }, report);
    expect(attempt).toMatchObject({ ok: false, reason: expect.stringContaining("no kernel in") });
  });
});
