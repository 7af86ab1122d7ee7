import { execFileSync, spawnSync } from "node:child_process";
import {
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
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { imageRecipe } from "../../images/roles";
import { seedDisk, seedText } from "../../infra/libvirt/seed";

const script = imageRecipe("slurm").files.find(({ path }) => path === "/usr/lib/schedlab/seed");
const base64 = (content: string) => Buffer.from(content).toString("base64");

let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "schedlab-seed-"));
  for (const dir of ["etc/schedlab", "etc/ssh"])
    mkdirSync(path.join(root, dir), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

function apply(seed: string): { status: number | null; message: string } {
  writeFileSync(path.join(root, "etc/schedlab/seed"), seed);
  return run();
}

function run(): { status: number | null; message: string } {
  const { status, stderr } = spawnSync("sh", ["-s", "--", root], {
    input: script?.content ?? "",
    encoding: "utf8",
  });
  return { status, message: stderr.trim() };
}

const read = (name: string) => readFileSync(path.join(root, name), "utf8");
const mode = (name: string) => (statSync(path.join(root, name)).mode & 0o7777).toString(8);

const good = [
  "schedlab-seed 1",
  "hostname node01",
  "address 10.77.0.11/24",
  "gateway 10.77.0.1",
  "nameserver 10.77.0.1",
  `file 0600 root:root /etc/ssh/ssh_host_ed25519_key ${base64("PRIVATE\n")}`,
  `file 0644 root:root /etc/ssh/ssh_host_ed25519_key.pub ${base64("PUBLIC\n")}`,
  `file 0600 root:root /root/.ssh/authorized_keys ${base64("KEY\n")}`,
  "end",
  "",
];

describe("a good seed", () => {
  test("sets name, names and files with their modes", () => {
    expect(apply(good.join("\n"))).toEqual({
      status: 0,
      message: "schedlab-seed: node01 10.77.0.11/24",
    });
    expect(read("etc/hostname")).toBe("node01\n");
    expect(read("etc/hosts")).toBe("127.0.0.1 localhost\n::1 localhost\n10.77.0.11 node01\n");
    expect(read("etc/resolv.conf")).toBe("nameserver 10.77.0.1\n");
    expect(read("run/schedlab/node.env")).toBe("SCHEDLAB_ADDRESS=10.77.0.11\n");
    expect(read("etc/ssh/ssh_host_ed25519_key")).toBe("PRIVATE\n");
    expect(mode("etc/ssh/ssh_host_ed25519_key")).toBe("600");
    expect(mode("etc/ssh/ssh_host_ed25519_key.pub")).toBe("644");
    expect(read("root/.ssh/authorized_keys")).toBe("KEY\n");
    expect([mode("root/.ssh"), mode("etc/hosts"), mode("etc/hostname")]).toEqual([
      "700",
      "644",
      "644",
    ]);
  });

  test("applied twice leaves what the bootstrap added to the hosts", () => {
    apply(good.join("\n"));
    const hosts = `${read("etc/hosts")}10.77.0.12 node02\n`;
    writeFileSync(path.join(root, "etc/hosts"), hosts);
    expect(apply(good.join("\n")).status).toBe(0);
    expect(read("etc/hosts")).toBe(hosts);
  });

  test("is read from the disk with the serial, padded as infra pads it", () => {
    for (const [name, serial] of [
      ["vda", ""],
      ["vdb", "other\n"],
      ["vdc", "schedlab-seed"],
    ]) {
      mkdirSync(path.join(root, `sys/block/${name}`), { recursive: true });
      writeFileSync(path.join(root, `sys/block/${name}/serial`), serial ?? "");
    }
    mkdirSync(path.join(root, "dev"));
    writeFileSync(path.join(root, "dev/vdc"), seedDisk(good.join("\n")));
    expect(run()).toEqual({ status: 0, message: "schedlab-seed: node01 10.77.0.11/24" });
  });

  test("gives back any key that infra writes into it", () => {
    const key = fc.string({ minLength: 1, maxLength: 400, unit: "binary-ascii" });
    fc.assert(
      fc.property(key, (privateKey) => {
        const seed = seedText({
          hostname: "gpu01",
          address: "10.0.0.2/16",
          gateway: null,
          hostKey: { privateKey, publicKey: "ssh-ed25519 AAAA" },
          authorizedKey: "ssh-ed25519 BBBB",
        });
        expect(apply(seed).status).toBe(0);
        expect(read("etc/ssh/ssh_host_ed25519_key").trimEnd()).toBe(privateKey.trimEnd());
      }),
      { numRuns: 10 },
    );
  });
});

describe("a bad seed is refused whole, with the line and what was expected", () => {
  const replaced = (index: number, line: string) =>
    good.map((old, at) => (at === index ? line : old)).join("\n");
  const cases: [string, string, RegExp][] = [
    ["another version", replaced(0, "schedlab-seed 2"), /line 1: expected 'schedlab-seed 1'/],
    [
      "a name in capitals",
      replaced(1, "hostname Node01"),
      /line 2: expected 'hostname NAME'.*got 'hostname Node01'/,
    ],
    ["a line without value", replaced(1, "hostname"), /line 2: expected 'hostname NAME'/],
    [
      "an address without prefix",
      replaced(2, "address 10.77.0.11"),
      /line 3: expected 'address A.B.C.D\/PREFIX'/,
    ],
    ["an octet of 256", replaced(2, "address 10.77.0.256/24"), /line 3: expected 'address/],
    ["five octets", replaced(2, "address 10.77.0.1.1/24"), /line 3: expected 'address/],
    ["an empty octet", replaced(2, "address 10..0.1/24"), /line 3: expected 'address/],
    ["a prefix of 33", replaced(2, "address 10.77.0.11/33"), /line 3: expected 'address/],
    [
      "a gateway that is a name",
      replaced(3, "gateway router"),
      /line 4: expected 'gateway A.B.C.D'/,
    ],
    ["an unknown key", replaced(4, "dns 10.77.0.1"), /line 5: expected hostname, address, gateway/],
    ["a second address", replaced(4, "address 10.77.0.12/24"), /line 5: a second address/],
    [
      "a mode of three digits",
      replaced(5, "file 600 root:root /etc/x QQ=="),
      /line 6: expected 'file MODE/,
    ],
    [
      "an owner without group",
      replaced(5, "file 0600 root /etc/x QQ=="),
      /line 6: expected 'file MODE/,
    ],
    [
      "a relative path",
      replaced(5, "file 0600 root:root etc/x QQ=="),
      /line 6: expected 'file MODE/,
    ],
    [
      "a path that climbs",
      replaced(5, "file 0600 root:root /etc/../x QQ=="),
      /line 6: expected 'file MODE/,
    ],
    [
      "content that is not base64",
      replaced(5, "file 0600 root:root /etc/x Q*=="),
      /line 6: expected 'file MODE/,
    ],
    ["no end", good.slice(0, 8).join("\n"), /stops after line \d without 'end'/],
    [
      "no host name",
      good.filter((line) => !line.startsWith("hostname")).join("\n"),
      /the seed has no hostname/,
    ],
    [
      "no address",
      good.filter((line) => !line.startsWith("address")).join("\n"),
      /the seed has no address/,
    ],
    ["an empty file", "", /is empty/],
  ];
  test.each(cases)("%s", (_, seed, message) => {
    expect(apply(seed)).toEqual({ status: 1, message: expect.stringMatching(message) });
    expect(existsSync(path.join(root, "etc/hostname"))).toBe(false);
    expect(existsSync(path.join(root, "root/.ssh"))).toBe(false);
  });

  test("no seed at all", () => {
    expect(run()).toEqual({ status: 1, message: expect.stringContaining("no seed: neither") });
  });
});

test("the script is plain POSIX shell", () => {
  execFileSync("sh", ["-n"], { input: script?.content ?? "" });
});
