import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readOutsidePackages } from "../../../images/outside/packages";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), "schedlab-outside-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

function put(name: string, content: string | Buffer, mode = 0o644): void {
  const file = path.join(dir, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  chmodSync(file, mode);
}

/** The begin of a 64-bit little-endian ELF file for the machine with this number. */
function elf(machine: number): Buffer {
  const header = Buffer.alloc(64);
  header.write("\x7fELF\x02\x01\x01", "latin1");
  header.writeUInt16LE(machine, 18);
  return header;
}
const amd64 = elf(62);
const arm64 = elf(183);

const manifest = JSON.stringify({ packages: { made: "1.2", other: "0.1~rc1-1" } });

describe("a staged tree", () => {
  beforeEach(() => {
    put("manifest.json", manifest);
    put("usr/bin/made", amd64, 0o755);
    put("etc/made/made.conf", "a = 1\n");
    symlinkSync("made", path.join(dir, "usr/bin/also"));
  });

  const hash = async () => (await readOutsidePackages(dir)).hash;

  test("is read with its packages and files", async () => {
    const found = await readOutsidePackages(dir);
    expect(found).toMatchObject({ dir, debs: [], versions: { made: "1.2", other: "0.1~rc1-1" } });
    expect([...found.files].sort()).toEqual(["/etc/made/made.conf", "/usr/bin/made"]);
    expect(found.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  test("has the same hash in another place and at another time", async () => {
    const before = await hash();
    const other = mkdtempSync(path.join(tmpdir(), "schedlab-outside-"));
    try {
      cpSync(dir, other, { recursive: true, verbatimSymlinks: true });
      expect((await readOutsidePackages(other)).hash).toBe(before);
    } finally {
      rmSync(other, { recursive: true });
    }
  });

  test.each<[string, () => void]>([
    ["a file's content", () => put("etc/made/made.conf", "a = 2\n")],
    ["a file's mode", () => chmodSync(path.join(dir, "usr/bin/made"), 0o4755)],
    ["a further file", () => put("etc/made/more.conf", "")],
    ["a further directory", () => mkdirSync(path.join(dir, "etc/made/empty"))],
    [
      "a link's target",
      () => {
        rmSync(path.join(dir, "usr/bin/also"));
        symlinkSync("/usr/bin/made", path.join(dir, "usr/bin/also"));
      },
    ],
  ])("has another hash with %s", async (_, change) => {
    const before = await hash();
    change();
    expect(await hash()).not.toBe(before);
  });

  test("is not followed out of itself through a link", async () => {
    symlinkSync("/", path.join(dir, "usr/outside"));
    expect((await readOutsidePackages(dir)).files.length).toBe(2);
  });

  test.each<[string, () => void, RegExp]>([
    [
      "built for another architecture",
      () => put("usr/bin/made", arm64),
      /usr\/bin\/made is built for arm64; nodes are amd64/,
    ],
    [
      "without a manifest",
      () => rmSync(path.join(dir, "manifest.json")),
      /manifest\.json has to be \{"packages": \{"NAME": "VERSION", …\}\}: ENOENT/,
    ],
    [
      "with a manifest that is no JSON",
      () => put("manifest.json", "made 1.2"),
      /manifest\.json has to be .*JSON/,
    ],
    [
      "with a manifest of another form",
      () => put("manifest.json", '{"made": "1.2"}'),
      /manifest\.json is not of the form .*packages/,
    ],
    [
      "with a version that is none",
      () => put("manifest.json", '{"packages": {"made": "newest"}}'),
      /packages\.made: expected a version such as 0\.88\.0/,
    ],
    [
      "with another prefix",
      () => put("bin/made", amd64),
      /no bin: build with the prefix \/usr and the sysconfdir \/etc, and install with DESTDIR/,
    ],
    [
      "with a pipe in it",
      () => execFileSync("mkfifo", [path.join(dir, "usr/pipe")]),
      /usr\/pipe is neither a file, a directory nor a link/,
    ],
    ["beside .deb files", () => put("made.deb", ""), /\.deb files and a staged tree .*: keep one/],
  ])("%s is refused", async (_, change, message) => {
    change();
    await expect(readOutsidePackages(dir)).rejects.toThrow(message);
  });

  test("is refused with every reason at once, but not with hundreds", async () => {
    put("manifest.json", "{}");
    for (let index = 0; index < 40; index += 1) put(`usr/lib/${index}.so`, arm64);
    const refused = readOutsidePackages(dir);
    await expect(refused).rejects.toThrow(/is not of the form[\s\S]*arm64[\s\S]*and 31 more/);
  });
});

test.each([
  ["an empty directory", "", /neither \.deb files nor a staged tree/],
  ["no directory", "absent", /is not a directory that can be read/],
])("%s is refused", async (_, name, message) => {
  await expect(readOutsidePackages(path.join(dir, name))).rejects.toThrow(message);
});

const noDpkg = spawnSync("dpkg-deb", ["--version"]).error ? " (skipped: no dpkg-deb here)" : "";

describe.skipIf(noDpkg)(`a directory of .deb files${noDpkg}`, () => {
  function deb(name: string, version: string, architecture = "amd64"): string {
    const root = mkdtempSync(path.join(tmpdir(), "schedlab-deb-"));
    try {
      mkdirSync(path.join(root, "DEBIAN"));
      mkdirSync(path.join(root, "usr/bin"), { recursive: true });
      writeFileSync(path.join(root, "usr/bin", name), amd64);
      const control = `Package: ${name}\nVersion: ${version}\nArchitecture: ${architecture}\nMaintainer: m <m@example>\nDescription: d\n`;
      writeFileSync(path.join(root, "DEBIAN/control"), control);
      const file = path.join(dir, `${name}_${version}_${architecture}.deb`);
      execFileSync("dpkg-deb", ["--build", root, file], { stdio: "ignore" });
      return file;
    } finally {
      rmSync(root, { recursive: true });
    }
  }

  const shorten = (file: string) => truncateSync(file, statSync(file).size - 40);

  test("is read with its packages and files, without symbols for debuggers", async () => {
    const made = deb("made", "1.2-1");
    deb("made-dbgsym", "1.2-1");
    const found = await readOutsidePackages(dir);
    expect(found).toMatchObject({ debs: [made], versions: { made: "1.2-1" } });
    expect(found.files).toEqual(["/usr/bin/made"]);
  });

  test("has another hash with another version", async () => {
    const first = deb("made", "1.2-1");
    const { hash } = await readOutsidePackages(dir);
    rmSync(first);
    deb("made", "1.2-2");
    expect((await readOutsidePackages(dir)).hash).not.toBe(hash);
  });

  test.each<[string, () => void, RegExp]>([
    [
      "for another architecture",
      () => deb("made", "1", "arm64"),
      /made_1_arm64\.deb is built for arm64; nodes are amd64/,
    ],
    ["that is cut short", () => shorten(deb("made", "1")), /made_1_amd64\.deb is broken: /],
    ["that is none", () => put("made.deb", "text"), /made\.deb is broken: /],
    [
      "in two versions",
      () => {
        deb("made", "1");
        deb("made", "2");
      },
      /made is there in two versions, 1 and 2: keep one/,
    ],
  ])("one %s is refused", async (_, change, message) => {
    change();
    await expect(readOutsidePackages(dir)).rejects.toThrow(message);
  });
});
