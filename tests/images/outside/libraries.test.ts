import { expect, test } from "vitest";
import { checkLibraries, missingLibraries } from "../../../images/outside/libraries";

const notRoot = process.getuid?.() === 0 ? "" : " (skipped: only root can enter a tree)";

/** As ldd of trixie put it, for programs built on a later suite. */
const said = [
  "/usr/bin/made\t\tlinux-vdso.so.1 (0x00007fff)",
  "/usr/bin/made\t\tlibzmq.so.6 => not found",
  "/usr/bin/made\t/lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.43' not found (required by /usr/bin/made)",
  "/usr/lib/libmade.so\t\tlibzmq.so.6 => not found",
  "/usr/lib/libmade.so\t\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f00)",
  "/usr/lib/libother.so\t\tlibzmq.so.6 => not found",
  "/usr/lib/static\t\tnot a dynamic executable",
].join("\n");

test("missing libraries and versions of their symbols are listed with what wants them", () => {
  expect(missingLibraries(said)).toEqual([
    "libzmq.so.6, wanted by /usr/bin/made and 2 more",
    "GLIBC_2.43, wanted by /usr/bin/made",
  ]);
});

test.skipIf(notRoot)(`a tree that holds every library is accepted${notRoot}`, async () => {
  const files = ["/bin/sh", "/etc/passwd", "/usr/bin/not-there"];
  const checked = checkLibraries({ role: "flux", suite: "trixie" }, "/", { dir: "/given", files });
  await expect(checked).resolves.toBeUndefined();
});
