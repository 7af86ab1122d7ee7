import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeContainerImage } from "../../images/oci";
import type { ContainerImage } from "../../images/recipe";
import { imageRecipe } from "../../images/roles";

const image: ContainerImage = {
  reference: "schedlab.local/test:1",
  archive: "test.tar",
  layer: [
    { kind: "directory", path: "etc", mode: 0o755 },
    { kind: "directory", path: "etc/ssh", mode: 0o700 },
    { kind: "directory", path: "tmp", mode: 0o1777 },
    { kind: "link", path: "bin", target: "usr/bin" },
    { kind: "program", path: "pause", program: "pause" },
  ],
  entrypoint: ["/pause"],
  environment: ["PATH=/bin"],
};

let directory: string;
let programs: Map<string, string>;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "schedlab-oci-"));
  const program = path.join(directory, "program");
  writeFileSync(program, "a program\n", { mode: 0o600 });
  programs = new Map([["pause", program]]);
});
afterEach(() => rmSync(directory, { recursive: true }));

const at = (...names: string[]) => path.join(directory, ...names);

async function write(name: string, content = image): Promise<Buffer> {
  await writeContainerImage(content, programs, at(name), at(`${name}-scratch`));
  return readFileSync(at(name));
}

async function unpack(archive: string): Promise<string> {
  const target = at(`${path.basename(archive)}-unpacked`);
  mkdirSync(target);
  await execa("tar", ["-xf", archive, "-C", target]);
  return target;
}

interface Descriptor {
  digest: string;
  size: number;
}

/** The content of a descriptor, checked against its digest and size. */
function blob(layout: string, { digest, size }: Descriptor): Buffer {
  const content = readFileSync(path.join(layout, "blobs", ...digest.split(":")));
  expect(`sha256:${createHash("sha256").update(content).digest("hex")}`).toBe(digest);
  expect(content.length).toBe(size);
  return content;
}

const json = (content: Buffer) => JSON.parse(content.toString());

test("an archive leads from its index by true digests to the layer", async () => {
  await write("test.tar");
  const layout = await unpack(at("test.tar"));
  expect(json(readFileSync(path.join(layout, "oci-layout")))).toEqual({
    imageLayoutVersion: "1.0.0",
  });
  const [entry] = json(readFileSync(path.join(layout, "index.json"))).manifests;
  expect(entry.annotations["io.containerd.image.name"]).toBe("schedlab.local/test:1");
  const manifest = json(blob(layout, entry));
  const config = json(blob(layout, manifest.config));
  expect(config).toMatchObject({
    os: "linux",
    config: { Entrypoint: ["/pause"], Env: ["PATH=/bin"] },
    rootfs: { diff_ids: [manifest.layers[0].digest] },
  });
  blob(layout, manifest.layers[0]);
  expect(readdirSync(path.join(layout, "blobs", "sha256"))).toHaveLength(3);
});

test("the layer holds its entries with their modes, all of them root's", async () => {
  await write("test.tar");
  const layout = await unpack(at("test.tar"));
  const [entry] = json(readFileSync(path.join(layout, "index.json"))).manifests;
  const [layer] = json(blob(layout, entry)).layers;
  const { stdout } = await execa("tar", ["-tvf", "-"], {
    input: blob(layout, layer),
    env: { TZ: "UTC" },
  });
  const words = stdout.split("\n").map((line) => line.split(/\s+/));
  expect(words.map(([mode, owner, , date, , ...name]) => [mode, owner, date, ...name])).toEqual([
    ["lrwxrwxrwx", "0/0", "1970-01-01", "bin", "->", "usr/bin"],
    ["drwxr-xr-x", "0/0", "1970-01-01", "etc/"],
    ["drwx------", "0/0", "1970-01-01", "etc/ssh/"],
    ["-rwxr-xr-x", "0/0", "1970-01-01", "pause"],
    ["drwxrwxrwt", "0/0", "1970-01-01", "tmp/"],
  ]);
});

test("equal inputs give equal bytes, and a changed program another digest", async () => {
  const first = await write("first.tar");
  expect((await write("second.tar")).equals(first)).toBe(true);
  writeFileSync(at("program"), "another program\n");
  expect((await write("third.tar")).equals(first)).toBe(false);
});

test("a program that was not built is named", async () => {
  programs.clear();
  await expect(write("test.tar")).rejects.toThrow("no program pause");
});

test.each(imageRecipe("kubernetes").built?.containerImages ?? [])(
  "the layer of $reference names directories before what lies in them",
  ({ layer }) => {
    const seen = new Set(["."]);
    for (const entry of layer) {
      expect(seen, entry.path).toContain(path.dirname(entry.path));
      if (entry.kind === "directory") seen.add(entry.path);
    }
  },
);
