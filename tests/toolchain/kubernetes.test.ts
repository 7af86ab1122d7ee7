import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { sourceKey } from "../../toolchain/build";
import { modulesDir, requiredVersion } from "../../toolchain/go";
import { kubernetesPrograms, volcanoModule } from "../../toolchain/kubernetes";
import {
  ensurePrograms,
  missingPrograms,
  type Program,
  publishedChecksum,
} from "../../toolchain/programs";

let directory: string;
let lines: string[];
const report = (line: string) => lines.push(line);

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "schedlab-kubernetes-"));
  vi.stubEnv("SCHEDLAB_CACHE", path.join(directory, "cache"));
  vi.stubEnv("SCHEDLAB_VOLCANO", "");
  vi.stubEnv("SCHEDLAB_TOOLCHAIN", "");
  lines = [];
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  rmSync(directory, { recursive: true });
});

function program(name: string): Program {
  const found = kubernetesPrograms().find(({ binary }) => binary.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

describe("another version of Volcano", () => {
  let module: string;
  beforeEach(() => {
    module = path.join(directory, "volcano");
    cpSync(path.join(modulesDir, "volcano"), module, { recursive: true });
  });

  function change(name: string, from: string, to: string): void {
    const file = path.join(module, name);
    const text = readFileSync(file, "utf8");
    expect(text).toContain(from);
    writeFileSync(file, text.replace(from, to));
  }

  test("is taken from the module that SCHEDLAB_VOLCANO names", () => {
    const ours = program("vc-scheduler");
    expect(ours.version).toBe("1.15.0");
    change("go.mod", `${volcanoModule} v1.15.0`, `${volcanoModule} v1.15.2`);
    vi.stubEnv("SCHEDLAB_VOLCANO", module);
    const theirs = program("vc-scheduler");
    expect(theirs.version).toBe("1.15.2");
    expect(sourceKey(theirs.binary)).not.toBe(sourceKey(ours.binary));
  });

  test("has another key only when versions or patch differ", () => {
    const ours = sourceKey(program("vc-scheduler").binary);
    vi.stubEnv("SCHEDLAB_VOLCANO", module);
    expect(sourceKey(program("vc-scheduler").binary)).toBe(ours);
    change("patch/pkg/apis/scheduling/v1beta1/queue_allocation_gate.go", "-gate", "-door");
    expect(sourceKey(program("vc-scheduler").binary)).not.toBe(ours);
  });

  test("that cannot be read is named", () => {
    vi.stubEnv("SCHEDLAB_VOLCANO", "/nowhere");
    expect(() => kubernetesPrograms()).toThrow("/nowhere/go.mod cannot be read");
    change("go.mod", `${volcanoModule} v`, `${volcanoModule}x v`);
    vi.stubEnv("SCHEDLAB_VOLCANO", module);
    expect(() => kubernetesPrograms()).toThrow(`requires no ${volcanoModule}`);
  });
});

test("a program knows its version from go.mod, whichever way it is required", () => {
  expect(requiredVersion("etcd", "go.etcd.io/etcd/server/v3")).toBe(program("etcd").version);
  expect(requiredVersion("kubernetes", "k8s.io/kubernetes")).toBe(program("kubelet").version);
});

describe("Kubernetes' release", () => {
  const kubelet = () => program("kubelet");
  const content = "#!/bin/sh\n";
  const sum = createHash("sha256").update(content).digest("hex");

  function serve(answers: (url: string) => Response): string[] {
    const asked: string[] = [];
    vi.stubGlobal("fetch", async (url: string) => {
      asked.push(url);
      return answers(url);
    });
    return asked;
  }

  test("has an address for the hosts that it is published for", () => {
    expect(kubelet().releaseUrl?.("linux", "x64")).toMatch(
      /\/v1\.35\.4\/bin\/linux\/amd64\/kubelet$/,
    );
    expect(kubelet().releaseUrl?.("linux", "arm64")).toContain("/arm64/");
    expect(kubelet().releaseUrl?.("linux", "riscv64")).toBeNull();
    expect(kubelet().releaseUrl?.("darwin", "arm64")).toBeNull();
  });

  test("is believed only with a checksum", () => {
    expect(publishedChecksum(`${sum}\n`)).toBe(sum);
    expect(() => publishedChecksum("<html>")).toThrow("not a SHA-256");
  });

  test("is fetched once, checked and executable", async () => {
    const asked = serve((url) => new Response(url.endsWith(".sha256") ? sum : content));
    const [first, second] = [
      await ensurePrograms([kubelet()], report, "release"),
      await ensurePrograms([kubelet()], report, "release"),
    ];
    const file = first.get("kubelet");
    expect(file).toMatchObject({ source: "release", key: "release-1.35.4" });
    expect(second.get("kubelet")).toEqual(file);
    expect(readFileSync(file?.path ?? "", "utf8")).toBe(content);
    expect(asked).toHaveLength(2);
    expect(await missingPrograms([kubelet()])).toEqual([]);
  });

  test("with a damaged program is not used, and leaves nothing", async () => {
    serve((url) => new Response(url.endsWith(".sha256") ? sum : "something else"));
    await expect(ensurePrograms([kubelet()], report, "release")).rejects.toThrow(
      "kubelet does not have the published checksum",
    );
    expect(await missingPrograms([kubelet()])).toEqual(["kubelet"]);
    expect(existsSync(path.join(directory, "cache", "toolchain", "kubelet-release-1.35.4"))).toBe(
      false,
    );
  });

  test("that does not answer is asked once, and what follows is built", async () => {
    const asked = serve(() => {
      throw new TypeError("fetch failed");
    });
    // Without a compiler the build says what it lacks: this is not about builds.
    vi.stubEnv("PATH", "/nowhere");
    await expect(ensurePrograms([kubelet(), program("kubectl")], report)).rejects.toThrow(
      "kubernetes has to be built here, and Go is not installed",
    );
    expect(asked).toHaveLength(1);
    expect(lines[0]).toMatch(/dl\.k8s\.io does not answer; building from pinned Go modules/);
  });

  test("is not asked when building is forced", async () => {
    const asked = serve(() => new Response(""));
    vi.stubEnv("PATH", "/nowhere");
    await expect(ensurePrograms([kubelet()], report, "built")).rejects.toThrow("Go is not");
    expect(asked).toEqual([]);
  });
});
