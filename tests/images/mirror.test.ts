import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { debianSources, parseDeb822, parseOneLine } from "../../images/mirror";

let etc: string;

beforeEach(() => {
  etc = mkdtempSync(path.join(tmpdir(), "schedlab-etc-"));
  mkdirSync(path.join(etc, "apt/sources.list.d"), { recursive: true });
  write("os-release", "ID=debian\nVERSION_CODENAME=bookworm\n");
});
afterEach(() => rmSync(etc, { recursive: true }));

function write(name: string, text: string): void {
  writeFileSync(path.join(etc, name), text);
}

test("a Debian host's mirror serves the other suite too, in apt's deb822 format", async () => {
  write(
    "apt/sources.list.d/debian.sources",
    `Types: deb
# a comment
URIs: http://mirror.test/debian
Suites: bookworm bookworm-updates
Components: main

Types: deb
URIs: http://mirror.test/security
Suites: bookworm-security
Components: main
`,
  );
  write("apt/sources.list.d/other.list", "deb http://other.test/apt tool-bookworm main\n");
  expect(await debianSources("trixie", {}, etc)).toEqual([
    "deb http://mirror.test/debian trixie main",
    "deb http://mirror.test/debian trixie-updates main",
    "deb http://mirror.test/security trixie-security main",
  ]);
});

test("the one-line format serves as well", async () => {
  write(
    "apt/sources.list",
    "# c\ndeb [signed-by=/k.gpg] http://mirror.test/debian bookworm main contrib # x\n",
  );
  expect(await debianSources("trixie", {}, etc)).toEqual([
    "deb http://mirror.test/debian trixie main",
  ]);
});

test("a host of another distribution leaves the choice to mmdebstrap", async () => {
  write("os-release", "ID=ubuntu\nVERSION_CODENAME=noble\n");
  write("apt/sources.list", "deb http://mirror.test/ubuntu noble main\n");
  expect(await debianSources("trixie", {}, etc)).toEqual([]);
});

test("a host without apt leaves the choice to mmdebstrap", async () => {
  rmSync(path.join(etc, "apt"), { recursive: true });
  expect(await debianSources("trixie", {}, etc)).toEqual([]);
});

test("SCHEDLAB_DEBIAN_MIRROR comes before the host's own mirror", async () => {
  write("apt/sources.list", "deb http://mirror.test/debian bookworm main\n");
  const sources = (value: string) =>
    debianSources("trixie", { SCHEDLAB_DEBIAN_MIRROR: value }, etc);
  expect(await sources("http://near.test/debian")).toEqual([
    "deb http://near.test/debian trixie main",
  ]);
  const lines = ["deb http://a.test x main", "deb http://b.test y main"];
  expect(await sources(lines.join("\n"))).toEqual(lines);
});

test("disabled stanzas, source packages and comments are no mirrors", () => {
  expect(
    parseDeb822("Types: deb\nEnabled: no\nURIs: http://a\nSuites: s\nComponents: main\n"),
  ).toEqual([]);
  expect(parseDeb822("Types: deb-src\nURIs: http://a\nSuites: s\nComponents: main\n")).toEqual([]);
  expect(parseOneLine("deb-src http://a s main\n# deb http://a s main\n")).toEqual([]);
});

test("a field may go on over several lines", () => {
  const text = "Types: deb\nURIs: http://a\nSuites: one\n two\nComponents: main\n";
  expect(parseDeb822(text).map(({ suite }) => suite)).toEqual(["one", "two"]);
});
