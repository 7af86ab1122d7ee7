import { mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  buildNixImage,
  foreseenNixImage,
  nixImageLink,
  storeHash,
} from "../../../images/nix/build";
import { dropImageRoots, imageRoots } from "../../../images/nix/roots";
import { FakeNix } from "./fake-nix";

let nix: FakeNix;
let lines: string[];
beforeEach(() => {
  nix = new FakeNix();
  lines = [];
});
afterEach(() => nix.remove());

const wanted = { role: "slurm", flake: "./nix" } as const;
const build = (stack = "dev", flake: string = wanted.flake) =>
  buildNixImage({ ...wanted, flake }, stack, (line) => lines.push(line));
const hash = "a".repeat(32);

describe("an image from a flake", () => {
  test("is built for the role that is asked for, and known by its store path's hash", async () => {
    expect(await build()).toEqual({ storePath: nix.pathOf("a"), key: hash });
    const [, , command] = nix.calls;
    expect(command).toMatch(
      /^build \.\/nix#slurm-image --out-link \S+ --print-out-paths --log-format raw$/,
    );
  });

  test("takes other flakes in the place of the flake's inputs", async () => {
    const inputs = { flux: "github:you/flux-flake" };
    await buildNixImage({ ...wanted, inputs }, "dev", () => {});
    await foreseenNixImage({ ...wanted, inputs });
    const asked = nix.calls.filter((call) => call.includes("#"));
    expect(asked).toHaveLength(2);
    for (const call of asked)
      expect(call).toContain(" --override-input flux github:you/flux-flake ");
  });

  test("is linked into the image cache, also over a link that leads elsewhere", async () => {
    await build();
    const link = nixImageLink("slurm", hash);
    expect(path.dirname(link)).toBe(path.join(nix.cache, "images"));
    expect(readlinkSync(link)).toBe(nix.pathOf("a"));
    rmSync(link);
    symlinkSync("/nowhere", link);
    await build();
    expect(readlinkSync(link)).toBe(nix.pathOf("a"));
  });

  test("reports what Nix begins to build and to fetch, with its place among all", async () => {
    const store = (name: string) => `/nix/store/${"c".repeat(32)}-${name}`;
    nix.answer(
      "says",
      [
        "these 2 derivations will be built:",
        `  ${store("slurm-24.drv")}`,
        "this path will be fetched (1.00 MiB download, 4.00 MiB unpacked):",
        `copying path '${store("glibc-2.40")}' from 'https://cache.example'...`,
        `building '${store("slurm-24.drv")}'...`,
        "make: nothing of interest",
        `building '${store("slurm-image.drv")}'...`,
        "",
      ].join("\n"),
    );
    await build();
    expect(lines).toEqual([
      "slurm image: nix (Nix) 2.26.3, flake ./nix",
      "slurm image: fetching glibc-2.40 (1 of 1)",
      "slurm image: building slurm-24 (1 of 2)",
      "slurm image: building slurm-image (2 of 2)",
    ]);
  });

  test("is foreseen without building or keeping anything", async () => {
    expect(await foreseenNixImage(wanted)).toEqual({ storePath: nix.pathOf("a"), key: hash });
    expect(nix.calls.filter((call) => call.startsWith("build"))).toEqual([]);
    expect(nix.calls).toContain("eval --raw ./nix#slurm-image.outPath --no-write-lock-file");
    expect(readdirSync(nix.dir)).not.toContain("state");
  });
});

describe("an image that a stack uses", () => {
  test("is kept from Nix's collector by one link, however often it is built", async () => {
    await build();
    await build();
    expect(await imageRoots("dev")).toEqual([
      {
        stack: "dev",
        link: path.join(nix.state, "image-roots/dev", `slurm-${hash}`),
        target: nix.pathOf("a"),
      },
    ]);
    // Nix itself makes the link, or it would not know of it.
    expect(nix.calls.at(-1)).toMatch(/^build \S+-slurm-image --out-link \S+\/slurm-a+$/);
  });

  test("stays kept beside the one that follows it, since its nodes may still run", async () => {
    await build();
    nix.answer("path", nix.pathOf("b"));
    await build();
    expect((await imageRoots()).map(({ target }) => target)).toEqual([
      nix.pathOf("a"),
      nix.pathOf("b"),
    ]);
  });

  test("is let go with the stack, and with no other", async () => {
    await build("dev");
    await build("dev-2");
    expect(await dropImageRoots("dev")).toHaveLength(1);
    expect((await imageRoots()).map(({ stack }) => stack)).toEqual(["dev-2"]);
    expect(await dropImageRoots("dev")).toEqual([]);
    expect(readdirSync(path.join(nix.state, "image-roots"))).toEqual(["dev-2"]);
  });

  test("is let go without touching what is not a link beside it", async () => {
    await build();
    const own = path.join(nix.state, "image-roots/dev/notes");
    writeFileSync(own, "");
    expect(await dropImageRoots("dev")).toHaveLength(1);
    expect(readdirSync(path.dirname(own))).toEqual(["notes"]);
  });
});

describe("no image is made, and nothing stays linked, where", () => {
  const nothingLinked = async () => {
    expect(await imageRoots()).toEqual([]);
    expect(readdirSync(nix.dir)).not.toContain("cache");
  };
  afterEach(nothingLinked);

  test("there is no nix: it says what to install", async () => {
    vi.stubEnv("PATH", nix.store);
    await expect(build()).rejects.toMatchObject({
      message: "image.maker is nix, and nix is not installed on this host",
      remedy: expect.stringContaining("apt-get install nix-bin"),
    });
  });

  test("nix does not know flakes", async () => {
    nix.answer("system", "");
    await expect(build()).rejects.toMatchObject({
      message: "nix (Nix) 2.26.3 on this host cannot evaluate flakes",
      remedy: expect.stringContaining("experimental-features = nix-command flakes"),
    });
  });

  test("the host is of another architecture", async () => {
    nix.answer("system", "aarch64-linux");
    await expect(build()).rejects.toThrow(
      "nix on this host builds for aarch64-linux; nodes are x86_64-linux",
    );
  });

  test("the flake fails: Nix's error is shortened to its cause", async () => {
    nix.answer(
      "fails",
      "error:\n       … while calling the 'throw' builtin\n\n       error: no such role\n",
    );
    await expect(build()).rejects.toMatchObject({
      message: "the slurm image cannot be made from the flake ./nix: no such role",
      remedy: "to see all that Nix says: nix build './nix#slurm-image' --show-trace",
    });
    await expect(foreseenNixImage(wanted)).rejects.toThrow(/no such role$/);
  });

  test("the flake gives something that is no path of the store", async () => {
    nix.answer("path", "/tmp/made\n/tmp/more\n");
    await expect(build()).rejects.toMatchObject({
      message: expect.stringContaining('nix says "/tmp/made\\n/tmp/more"'),
      remedy: "give the derivation a single output",
    });
  });

  test("a directory is written as Nix would write a name of its registry", async () => {
    await expect(build("dev", "images")).rejects.toMatchObject({
      message: "image.flake is images, which Nix looks up in its registry of flakes",
      remedy: expect.stringContaining("./images"),
    });
    expect(nix.calls).toEqual([]);
  });
});

test("a path has the hash of a store path only if it lies in the store itself", () => {
  mkdirSync(path.join(nix.store, "x"));
  expect(storeHash(nix.pathOf("a"))).toBe(hash);
  expect(storeHash(path.join(nix.pathOf("a"), "root"))).toBeUndefined();
  expect(storeHash(`/var/lib/${hash}-slurm-image`)).toBeUndefined();
  expect(storeHash(path.join(nix.store, "short-slurm-image"))).toBeUndefined();
});
