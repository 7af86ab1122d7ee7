import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { repoRoot } from "../../base/paths";
import { goEnvironment, leastGo, modulesDir } from "../../toolchain/go";
import { pins } from "../../toolchain/pins";

const read = (...parts: string[]) => readFileSync(path.join(repoRoot, ...parts), "utf8");
const goMod = (module: string) => readFileSync(path.join(modulesDir, module, "go.mod"), "utf8");

describe("the pins", () => {
  test("agree with the npm packages", () => {
    const { dependencies } = JSON.parse(read("package.json"));
    expect(dependencies["@pulumi/pulumi"]).toBe(pins.pulumi);
    expect(dependencies["@pulumi/command"]).toBe(pins.command);
  });

  test("agree with the Go modules", () => {
    expect(goMod("pulumi")).toContain(`github.com/pulumi/pulumi/pkg/v3 v${pins.pulumi}`);
    expect(goMod("language-nodejs")).toContain(
      `github.com/pulumi/pulumi/sdk/v3 v${pins.nodejsHost}`,
    );
    expect(goMod("libvirt")).toContain(
      `github.com/dmacvicar/terraform-provider-libvirt v${pins.libvirt}`,
    );
  });

  test("agree with the Go modules of Kubernetes", () => {
    expect(goMod("kubernetes")).toContain(`k8s.io/kubernetes v${pins.kubernetes}`);
    expect(goMod("etcd")).toContain(`go.etcd.io/etcd/server/v3 v${pins.etcd}`);
    const staging = goMod("kubernetes").match(/^\tk8s\.io\S+ => \S+ \S+$/gm) ?? [];
    expect(staging.length).toBeGreaterThan(25);
    const version = `v${pins.kubernetes.replace(/^1/, "0")}`;
    expect(staging.filter((line) => !line.endsWith(version))).toEqual([]);
  });

  test("agree with the package that Pulumi.yaml names for stock Pulumi", () => {
    const project = parse(read("Pulumi.yaml"));
    expect(project.packages.libvirt.parameters).toEqual(["dmacvicar/libvirt", pins.libvirt]);
  });

  test("the least Go version is the newest of the modules", () => {
    const lines = readdirSync(modulesDir).map(
      (module) => /^go (\S+)$/m.exec(goMod(module))?.[1] ?? "",
    );
    const number = (version: string) =>
      version.split(".").reduce((sum, part, index) => sum + Number(part) * 1000 ** (2 - index), 0);
    expect(lines.sort((a, b) => number(b) - number(a))[0]).toBe(leastGo);
  });
});

test("Go's caches are ours unless the user has their own", () => {
  const cache = "/c";
  expect(goEnvironment({ SCHEDLAB_CACHE: cache })).toMatchObject({
    GOMODCACHE: "/c/go/mod",
    GOCACHE: "/c/go/build",
  });
  expect(goEnvironment({ SCHEDLAB_CACHE: cache, GOMODCACHE: "/mine" })).toMatchObject({
    GOMODCACHE: "/mine",
    GOCACHE: "/c/go/build",
  });
});
