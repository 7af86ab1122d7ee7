import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { imageKey } from "../../images/key";
import { foreseeImage, makeImage } from "../../images/maker";
import { imageRoots } from "../../images/nix/roots";
import type { ImageSpec } from "../../spec/image";
import { makeSmallImage } from "./contract/small-image";
import { FakeNix } from "./nix/fake-nix";

const needs = { mpi: false, programs: [] };
const wanted = (image: ImageSpec | undefined) =>
  ({ image, role: "slurm", needs, stack: "dev" }) as const;

let warnings: string[];
const foresee = (image: ImageSpec | undefined) =>
  foreseeImage(wanted(image), async (text) => void warnings.push(text));
beforeEach(() => {
  warnings = [];
});

describe("an image that the user gives", () => {
  let dir: string;
  let lines: string[];
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), "schedlab-given-"));
    lines = [];
  });
  afterEach(() => rmSync(dir, { recursive: true }));
  const make = (directory = dir) =>
    makeImage(wanted({ maker: "path", directory }), (line) => lines.push(line));

  test("is used where it lies, with the key that its manifest names", async () => {
    makeSmallImage(dir);
    const image = await make();
    expect(image).toMatchObject({
      ...{ maker: "path", role: "slurm", key: "0123456789abcdef", dir },
      kernelArguments: "root=/dev/vda rw",
    });
    await image.readyForMachines();
    expect(lines).toEqual([]);
  });

  test("is found through a link, and is another one when the link leads to another", async () => {
    for (const name of ["one", "two"]) {
      mkdirSync(path.join(dir, name));
      makeSmallImage(path.join(dir, name));
    }
    const link = path.join(dir, "result");
    symlinkSync("one", link);
    expect((await make(link)).dir).toBe(path.join(dir, "one"));
    rmSync(link);
    symlinkSync("two", link);
    expect((await make(link)).dir).toBe(path.join(dir, "two"));
  });

  test("is refused with every clause that it breaks", async () => {
    makeSmallImage(dir, "slurm", "");
    writeFileSync(path.join(dir, "root/etc/resolv.conf"), "");
    await expect(make()).rejects.toMatchObject({
      message: `image.directory: ${dir} is no image for slurm nodes. It breaks the contract:`,
      detail: expect.stringMatching(
        /^manifest: its key is "", .*\nwhat must not be there: \/etc\/resolv\.conf$/,
      ),
      remedy: expect.stringContaining("docs/image-contract.md"),
    });
  });

  test("is refused for machines when it has only a tree", async () => {
    makeSmallImage(dir);
    rmSync(path.join(dir, "disk.qcow2"));
    const image = await make();
    await expect(image.readyForMachines()).rejects.toMatchObject({
      detail: "artefacts: there is no disk.qcow2",
    });
  });

  test("is refused when it is not there", async () => {
    await expect(make(path.join(dir, "nowhere"))).rejects.toThrow(
      /^image\.directory: \S+\/nowhere cannot be read: ENOENT/,
    );
  });

  test("is refused when MPI programs need what it does not hold", async () => {
    makeSmallImage(dir, "flux");
    const asked = { ...wanted({ maker: "path", directory: dir }), role: "flux" } as const;
    await expect(
      makeImage({ ...asked, needs: { mpi: true, programs: [] } }, () => {}),
    ).rejects.toThrow(/MPI programs need flux-pmix, which the manifest of \S+ does not name/);
    await makeImage(asked, () => {});
  });

  test("is only warned of by a preview when it cannot be used", async () => {
    makeSmallImage(dir);
    expect(await foresee({ maker: "path", directory: dir })).toMatchObject({ maker: "path", dir });
    expect(warnings).toEqual([]);
    rmSync(path.join(dir, "manifest.json"));
    expect(await foresee({ maker: "path", directory: dir })).toMatchObject({ maker: "path" });
    expect(warnings).toEqual([expect.stringContaining("artefacts: there is no manifest.json")]);
  });
});

describe("an image that Nix builds", () => {
  let nix: FakeNix;
  beforeEach(() => {
    nix = new FakeNix();
    mkdirSync(nix.pathOf("a"));
    // Nix knows the key by the store path, so the manifest need not say it.
    makeSmallImage(nix.pathOf("a"), "slurm", "");
  });
  afterEach(() => nix.remove());
  const image = { maker: "nix", flake: "./nix" } as const;
  const key = "a".repeat(32);

  test("has the store path's hash as its key and lies in the image cache", async () => {
    const made = await makeImage(wanted(image), () => {});
    const dir = path.join(nix.cache, "images", `slurm-${key}`);
    expect(made).toMatchObject({ maker: "nix", key, dir, kernelArguments: "root=/dev/vda rw" });
    await made.readyForMachines();
  });

  test("has the same key when its result is given as a path", async () => {
    const result = path.join(nix.dir, "result");
    symlinkSync(nix.pathOf("a"), result);
    const given = await makeImage(wanted({ maker: "path", directory: result }), () => {});
    expect(given).toMatchObject({ maker: "path", key, dir: nix.pathOf("a") });
  });

  test("is refused when it breaks the contract", async () => {
    rmSync(path.join(nix.pathOf("a"), "vmlinuz"));
    await expect(makeImage(wanted(image), () => {})).rejects.toMatchObject({
      message: expect.stringContaining("slurm-image of ./nix"),
      detail: "artefacts: there is no vmlinuz",
      remedy: expect.stringContaining("mend the flake"),
    });
  });

  test("is foreseen by a preview, which keeps nothing", async () => {
    const foreseen = await foresee(image);
    expect(foreseen).toMatchObject({ maker: "nix", key, kernelArguments: "root=/dev/vda rw" });
    expect(warnings).toEqual([]);
    expect(await imageRoots()).toEqual([]);
  });

  test("that cannot be evaluated is warned of by a preview", async () => {
    nix.answer("fails", "error: no such role\n");
    expect(await foresee(image)).toMatchObject({ maker: "nix", key: imageKey("slurm") });
    expect(warnings).toEqual([expect.stringContaining("flake ./nix: no such role")]);
  });
});

test("without a maker, a preview foresees Debian's image", async () => {
  expect(await foresee(undefined)).toMatchObject({ maker: "debian", key: imageKey("slurm") });
  expect(await foresee({ packages: "/nowhere" })).toMatchObject({ maker: "debian" });
  expect(warnings).toEqual([expect.stringContaining("/nowhere")]);
});
