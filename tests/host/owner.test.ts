import { describe, expect, test } from "vitest";
import { belongsTo, cgroupOwner, processOwner, shortenedBelongsTo } from "../../host/owner";

describe("what belongs to a stack", () => {
  test.each([
    "schedlab-dev",
    "schedlab-dev-controller",
    "schedlab-dev-node01",
    "schedlab-dev-gpu12",
    "schedlab-dev-gpu2x100",
  ])("%s belongs to dev", (name) => {
    expect(belongsTo(name, "dev")).toBe(true);
  });

  test.each([
    "schedlab-dev2",
    "schedlab-dev2-node01",
    "schedlab-dev-two",
    "schedlab-dev-two-node01",
    "schedlab-dev-two-controller",
    "dev",
    "default",
  ])("%s does not belong to dev", (name) => {
    expect(belongsTo(name, "dev")).toBe(false);
  });

  test("every schedlab name belongs to some stack", () => {
    expect(belongsTo("schedlab-x-node01", undefined)).toBe(true);
    expect(belongsTo("default", undefined)).toBe(false);
  });

  test("a shortened name belongs to every stack that it may stand for", () => {
    expect(shortenedBelongsTo("schedlab-large-node0", "large")).toBe(true);
    expect(shortenedBelongsTo("schedlab-large-node0", "dev")).toBe(false);
    expect(shortenedBelongsTo("schedlab-dev-two-nod", "dev")).toBe(false);
    expect(shortenedBelongsTo("schedlab-perlmutter-", "perlmutter-like")).toBe(true);
  });
});

test("the owner of a cgroup is found in each layout", () => {
  expect(cgroupOwner("node-schedlab-dev-node01")).toBe("schedlab-dev-node01");
  expect(cgroupOwner("lxc-812-schedlab-dev-node01.libvirt-lxc")).toBe("schedlab-dev-node01");
  expect(cgroupOwner("machine-qemu\\x2d7\\x2dschedlab\\x2ddev\\x2dnode01.scope")).toBe(
    "schedlab-dev-node01",
  );
  expect(cgroupOwner("user.slice")).toBeUndefined();
});

test("the owner of a process is found for every program that serves a stack", () => {
  const none: string[] = [];
  expect(processOwner(["/sbin/init"], ["LIBVIRT_LXC_NAME=schedlab-dev-node01"])).toBe(
    "schedlab-dev-node01",
  );
  expect(
    processOwner(["/usr/lib/libvirt/libvirt_lxc", "--name", "schedlab-dev-node01", "--x"], none),
  ).toBe("schedlab-dev-node01");
  expect(
    processOwner(
      ["/usr/bin/qemu-system-x86_64", "-name", "guest=schedlab-dev-node01,debug-threads=on"],
      none,
    ),
  ).toBe("schedlab-dev-node01");
  expect(
    processOwner(
      ["/usr/sbin/dnsmasq", "--conf-file=/var/lib/libvirt/dnsmasq/schedlab-dev.conf"],
      none,
    ),
  ).toBe("schedlab-dev");
  expect(processOwner(["bash", "-name", "guest=schedlab-dev-node01"], none)).toBeUndefined();
  expect(processOwner([], none)).toBeUndefined();
});
