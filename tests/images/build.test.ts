import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ensureImage, imageDir } from "../../images/build";

const notRoot = process.getuid?.() === 0 ? "" : " (skipped: only root makes images)";
const noDpkg = spawnSync("dpkg-query", ["--version"]).error
  ? " (skipped: no dpkg-query on this host)"
  : "";
const skip = notRoot || noDpkg;

let cache: string;
let lines: string[];

/** Puts a program in the place of mmdebstrap: the target is its last argument but the sources. */
function pretend(script: string): void {
  const bin = path.join(cache, "bin");
  mkdirSync(bin, { recursive: true });
  const text = `#!/bin/sh
echo run >>${cache}/runs
for argument; do case $argument in */root) target=$argument ;; esac; done
${script}
`;
  writeFileSync(path.join(bin, "mmdebstrap"), text, { mode: 0o755 });
}

const makeTree = `
mkdir -p "$target/var/lib/dpkg/updates" "$target/var/lib/dpkg/info" "$target/usr/lib/schedlab"
printf 'Package: slurmd\\nStatus: install ok installed\\nVersion: 1.2\\nMaintainer: m\\nArchitecture: all\\nDescription: d\\n' >"$target/var/lib/dpkg/status"
echo 6.1.0 >"$target/usr/lib/schedlab/kernel-release"
`;

beforeEach(() => {
  cache = mkdtempSync(path.join(tmpdir(), "schedlab-cache-"));
  vi.stubEnv("SCHEDLAB_CACHE", cache);
  vi.stubEnv("PATH", `${cache}/bin:${process.env.PATH}`);
  lines = [];
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true });
});

const ensure = () =>
  ensureImage("slurm", { report: (line) => lines.push(line), formats: ["tree"] });
const runs = () => readdirSync(cache).includes("runs");

describe.skipIf(skip)(`an image's build${skip}`, () => {
  test("makes the tree and describes what is in it", async () => {
    pretend(`echo "I: extracting archives..."${makeTree}`);
    const image = await ensure();
    expect(image).toMatchObject({
      role: "slurm",
      packages: { slurmd: "1.2" },
      kernelRelease: "6.1.0",
      dir: imageDir("slurm"),
    });
    expect(readdirSync(image.dir).sort()).toEqual(["manifest.json", "root"]);
    expect(lines).toEqual(["slurm image: extracting archives"]);
  });

  test("happens once, whoever asks at the same time", async () => {
    pretend(makeTree);
    const images = await Promise.all([ensure(), ensure()]);
    expect(images[0]).toEqual(images[1]);
    rmSync(path.join(cache, "runs"));
    await ensure();
    expect(runs()).toBe(false);
  });

  test("that fails leaves nothing, shows the log's tail, and the next one works", async () => {
    pretend('mkdir -p "$target"; echo "E: No space left on device"; exit 25');
    await expect(ensure()).rejects.toMatchObject({
      message: expect.stringContaining("the disk is full"),
      detail: expect.stringContaining("E: No space left on device"),
    });
    expect(readdirSync(path.join(cache, "images"))).toEqual([expect.stringMatching(/\.lock$/)]);
    pretend(makeTree);
    expect((await ensure()).kernelRelease).toBe("6.1.0");
  });

  test("cleans up what a killed one left", async () => {
    const dir = imageDir("slurm");
    mkdirSync(path.join(`${dir}.partial-1`, "root"), { recursive: true });
    mkdirSync(path.join(dir, "root"), { recursive: true });
    pretend(makeTree);
    await ensure();
    expect(existsSync(`${dir}.partial-1`)).toBe(false);
    expect(existsSync(path.join(dir, "manifest.json"))).toBe(true);
  });

  test("that is killed takes its mounts and processes along, and the next one works", async () => {
    pretend('mkdir -p "$target"; mount -t tmpfs build "$target"; echo "I: now..."; exec sleep 600');
    const build = `require("./images/build").ensureImage("slurm", { report: console.log, formats: ["tree"] })`;
    const child = spawn(process.execPath, ["--import", "tsx", "-e", build], {
      cwd: path.resolve(__dirname, "../.."),
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    pretend(makeTree);
    // The lock is free only when what held it has ended.
    await ensure();
    expect(readFileSync("/proc/self/mounts", "utf8")).not.toContain(cache);
    expect(readdirSync(path.join(cache, "images")).filter((name) => /partial/.test(name))).toEqual(
      [],
    );
  }, 20_000);

  test("refuses packages from outside that will not do before it makes anything", async () => {
    pretend(makeTree);
    vi.stubEnv("SCHEDLAB_FLUX_PACKAGES", cache);
    await expect(ensureImage("flux", { report: () => {} })).rejects.toThrow(/cannot be used/);
    expect(runs()).toBe(false);
  });

  test("describes packages from outside and has a key of its own for them", async () => {
    const packages = path.join(cache, "packages");
    mkdirSync(path.join(packages, "usr"), { recursive: true });
    writeFileSync(path.join(packages, "manifest.json"), '{"packages": {"made": "1.2"}}');
    pretend(makeTree);
    // In the place of the tree's dynamic linker: nothing in the packages is a program.
    writeFileSync(path.join(cache, "bin/chroot"), "#!/bin/sh\ncat >/dev/null\n", { mode: 0o755 });
    const image = await ensureImage("slurm", { report: () => {}, formats: ["tree"], packages });
    expect(image.outside).toEqual({
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      packages: { made: "1.2" },
    });
    expect(image.dir).not.toBe(imageDir("slurm"));
    expect((await ensure()).outside).toBeUndefined();
  });

  test("that lacks a library of packages from outside fails and leaves nothing", async () => {
    const packages = path.join(cache, "packages");
    mkdirSync(path.join(packages, "usr/bin"), { recursive: true });
    writeFileSync(path.join(packages, "manifest.json"), '{"packages": {"made": "1.2"}}');
    copyFileSync(process.execPath, path.join(packages, "usr/bin/made"));
    pretend(
      `${makeTree}mkdir "$target/usr/bin"; cp ${packages}/usr/bin/made "$target/usr/bin/made"`,
    );
    const linker = "printf '/usr/bin/made\\t\\tlibfar.so.3 => not found\\n'";
    writeFileSync(path.join(cache, "bin/chroot"), `#!/bin/sh\n${linker}\n`, { mode: 0o755 });
    const made = ensureImage("slurm", { report: () => {}, formats: ["tree"], packages });
    await expect(made).rejects.toMatchObject({
      message: expect.stringContaining(`the packages in ${packages} want libraries`),
      detail: "libfar.so.3, wanted by /usr/bin/made",
      remedy: expect.stringContaining("trixie"),
    });
    expect(readdirSync(path.join(cache, "images"))).toEqual([expect.stringMatching(/\.lock$/)]);
  });

  test("is not trusted when its manifest is broken", async () => {
    pretend(makeTree);
    const { dir } = await ensure();
    writeFileSync(path.join(dir, "manifest.json"), "{}");
    await expect(ensure()).rejects.toMatchObject({
      remedy: expect.stringContaining(`remove ${dir}`),
    });
  });
});
