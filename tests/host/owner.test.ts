import { describe, expect, test } from "vitest";
import {
  cgroupName,
  employerOf,
  isPlacedIn,
  probeDomain,
  stackOfCluster,
  stackOfDomain,
} from "../../host/owner";

describe("whose a name is", () => {
  test.each([
    ["schedlab-dev-controller", "dev"],
    ["schedlab-dev-node01", "dev"],
    ["schedlab-dev-gpu2x100", "dev"],
    ["schedlab-dev-b01", "dev"],
    ["schedlab-dev-b01-node01", "dev-b01"],
    ["schedlab-dev-controller-controller", "dev-controller"],
    ["schedlab-dev-two-node01", "dev-two"],
  ])("the domain %s is of the stack %s", (name, stack) => {
    expect(stackOfDomain(name)).toBe(stack);
  });

  test.each([
    "schedlab-dev",
    "schedlab-dev-two",
    "schedlab-node01",
    "schedlab--node01",
    "other-dev-node01",
    probeDomain,
  ])("no stack has a domain %s", (name) => {
    expect(stackOfDomain(name)).toBeUndefined();
  });

  test.each([
    ["schedlab-dev", "dev"],
    ["schedlab-dev-b01", "dev-b01"],
    ["schedlab-dev-controller", "dev-controller"],
    ["schedlab-", undefined],
    ["default", undefined],
  ])("the network %s is of the stack %s", (name, stack) => {
    expect(stackOfCluster(name)).toBe(stack);
  });
});

describe("the name of a cgroup", () => {
  test("is read in each layout", () => {
    expect(cgroupName("node-schedlab-dev-node01")).toEqual({
      domain: "schedlab-dev-node01",
      whole: true,
    });
    expect(cgroupName("lxc-812-schedlab-d-node01.libvirt-lxc")).toEqual({
      domain: "schedlab-d-node01",
      whole: true,
      controller: 812,
    });
    expect(cgroupName("machine-qemu\\x2d7\\x2dschedlab\\x2dd\\x2dnode01.scope")).toEqual({
      domain: "schedlab-d-node01",
      whole: true,
    });
    expect(cgroupName("user.slice")).toBeUndefined();
  });

  test.each([
    ["lxc-812-schedlab-d-node01.libvirt-lxc", true],
    ["lxc-812-schedlab-dev-node01.libvirt-lxc", false],
    ["lxc-812-schedlab-large-node0.libvirt-lxc", false],
    ["machine-lxc\\x2d812\\x2dschedlab\\x2dabcdef\\x2db01.scope", false],
    ["lxc-812-schedlab-perlmutter-like-node01.libvirt-lxc", true],
    [`lxc-812-schedlab-${"x".repeat(46)}.libvirt-lxc`, false],
  ])("%s is whole: %s", (directory, whole) => {
    expect(cgroupName(directory)?.whole).toBe(whole);
  });
});

test("the employer of a process is found for every program that serves a stack", () => {
  const none: string[] = [];
  const name = "schedlab-dev-node01";
  expect(employerOf(["/sbin/init"], [`LIBVIRT_LXC_NAME=${name}`])).toEqual({
    kind: "container",
    name,
  });
  expect(employerOf(["/usr/lib/libvirt/libvirt_lxc", "--name", name, "--x"], none)).toEqual({
    kind: "container",
    name,
  });
  expect(
    employerOf(["/usr/bin/qemu-system-x86_64", "-name", `guest=${name},debug-threads=on`], none),
  ).toEqual({ kind: "machine", name });
  expect(
    employerOf(
      ["/usr/sbin/dnsmasq", "--conf-file=/var/lib/libvirt/dnsmasq/schedlab-dev.conf"],
      none,
    ),
  ).toEqual({ kind: "network", name: "schedlab-dev" });
  expect(employerOf(["bash", "-name", `guest=${name}`], none)).toBeUndefined();
  expect(employerOf([], none)).toBeUndefined();
});

describe("a domain's definition", () => {
  test.each([
    "<source dir='/var/lib/schedlab/schedlab-dev/schedlab-dev-b01/merged'/>",
    "<source pool='schedlab-dev' volume='b01.qcow2'/>",
    '<log file="/var/lib/schedlab/schedlab-dev/b01.console" append="off"/>',
  ])("%s places it in dev", (xml) => {
    expect(isPlacedIn(`<domain><devices>${xml}</devices></domain>`, "dev")).toBe(true);
  });

  test.each([
    "<source dir='/var/lib/schedlab/schedlab-dev-b01/schedlab-dev-b01-node01/merged'/>",
    "<source pool='schedlab-dev-b01' volume='node01.qcow2'/>",
    "<source file='/home/me/schedlab-dev.qcow2'/>",
    "<source dir='/home/me/var/lib/schedlab/schedlab-dev/x'/>",
    "<title>/var/lib/schedlab/schedlab-dev/b01</title>",
    "",
  ])("%s does not place it in dev", (xml) => {
    expect(isPlacedIn(`<domain>${xml}</domain>`, "dev")).toBe(false);
  });
});
