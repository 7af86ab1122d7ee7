import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { inside } from "../../base/inside";

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "schedlab-inside-"));
  mkdirSync(path.join(root, "usr/lib"), { recursive: true });
  writeFileSync(path.join(root, "usr/lib/file"), "");
});
afterEach(() => rmSync(root, { recursive: true }));

const link = (target: string, name: string) => symlinkSync(target, path.join(root, name));
const there = { kind: "there", file: "" };
const file = () => ({ ...there, file: path.join(root, "usr/lib/file") });

test("a path is found with or without a slash before it", async () => {
  expect(await inside(root, "/usr/lib/file")).toEqual(file());
  expect(await inside(root, "usr/./lib/file")).toEqual(file());
  expect(await inside(root, "/")).toEqual({ kind: "there", file: root });
});

test("links are followed as if the tree were the root, in the middle of a path too", async () => {
  link("/usr/lib", "lib");
  link("../lib/file", "usr/relative");
  link("../../../../usr/lib/file", "above");
  link("/usr/lib", "usr/absolute");
  for (const name of ["/lib/file", "/usr/relative", "/above", "/usr/absolute/file"]) {
    expect(await inside(root, name), name).toEqual(file());
  }
});

test("what only the host has is missing", async () => {
  link("/etc/passwd", "passwd");
  expect(await inside(root, "/passwd")).toEqual({ kind: "missing" });
  expect(await inside(root, "/usr/lib/file/below")).toEqual({ kind: "missing" });
});

test("a link to where programs are put at boot is neither there nor missing", async () => {
  link("/run/wrappers/bin/imp", "imp");
  expect(await inside(root, "/imp")).toEqual({ kind: "at boot", target: "/run/wrappers/bin/imp" });
});

test("a circle of links is missing", async () => {
  link("two", "one");
  link("one", "two");
  expect(await inside(root, "/one")).toEqual({ kind: "missing" });
});
