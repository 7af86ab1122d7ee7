import { createHash } from "node:crypto";
import { chmod, copyFile, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import type { ContainerImage, LayerEntry } from "./recipe";

/** Sizes in bytes. */
interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

const types = {
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  // Not compressed: the layers are small, and bytes do not depend on a compressor's version.
  layer: "application/vnd.oci.image.layer.v1.tar",
} as const;

const architecture = "amd64";

/** GNU tar without anything of this host: names in order, no dates, all root. */
async function makeTar(directory: string, archive: string, names: readonly string[]) {
  const flags = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner"];
  await execa("tar", [
    "--create",
    "--format=ustar",
    ...flags,
    "-C",
    directory,
    "-f",
    archive,
    ...names,
  ]);
}

async function place(entry: LayerEntry, root: string, programs: ReadonlyMap<string, string>) {
  const target = path.join(root, entry.path);
  switch (entry.kind) {
    case "directory":
      await mkdir(target);
      // Whatever the umask is.
      return chmod(target, entry.mode);
    case "link":
      return symlink(entry.target, target);
    case "program": {
      const file = programs.get(entry.program);
      if (file === undefined) throw new TypeError(`no program ${entry.program}`);
      await copyFile(file, target);
      return chmod(target, 0o755);
    }
  }
}

/**
 * Writes `image` as an OCI archive that `ctr images import` reads; equal inputs give equal bytes.
 * `programs` has the file of each program by name; `scratch` is a directory for the work.
 */
export async function writeContainerImage(
  image: ContainerImage,
  programs: ReadonlyMap<string, string>,
  target: string,
  scratch: string,
): Promise<void> {
  const root = path.join(scratch, "layer");
  const layout = path.join(scratch, "layout");
  const blobs = path.join(layout, "blobs", "sha256");
  await rm(scratch, { recursive: true, force: true });
  await mkdir(root, { recursive: true });
  await mkdir(blobs, { recursive: true });

  for (const entry of image.layer) await place(entry, root, programs);
  const layerFile = path.join(scratch, "layer.tar");
  const names = image.layer.map((entry) => entry.path).filter((name) => !name.includes("/"));
  await makeTar(root, layerFile, names.sort());

  const put = async (mediaType: string, content: Buffer): Promise<Descriptor> => {
    const sum = createHash("sha256").update(content).digest("hex");
    await writeFile(path.join(blobs, sum), content, { mode: 0o644 });
    return { mediaType, digest: `sha256:${sum}`, size: content.length };
  };
  const putJson = (mediaType: string, value: unknown) =>
    put(mediaType, Buffer.from(JSON.stringify(value)));

  const layer = await put(types.layer, await readFile(layerFile));
  const config = await putJson(types.config, {
    architecture,
    os: "linux",
    config: { Entrypoint: image.entrypoint, Env: image.environment },
    rootfs: { type: "layers", diff_ids: [layer.digest] },
  });
  const manifest = await putJson(types.manifest, {
    schemaVersion: 2,
    mediaType: types.manifest,
    config,
    layers: [layer],
  });
  const annotations = {
    "io.containerd.image.name": image.reference,
    "org.opencontainers.image.ref.name": image.reference,
  };
  const index = { schemaVersion: 2, manifests: [{ ...manifest, annotations }] };
  await writeFile(path.join(layout, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  await writeFile(path.join(layout, "index.json"), JSON.stringify(index));
  await makeTar(layout, target, ["blobs", "index.json", "oci-layout"]);
}
