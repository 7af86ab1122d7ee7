import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { repoRoot } from "../../base/paths";
import { containerDeleteScript } from "../../host/container/delete";
import { containerPaths } from "../../host/container/node";
import { removeDirectory } from "../../host/remove-directory";

const notRoot = process.getuid?.() === 0 ? "" : " (skipped: mounting needs root)";

let scratch: string;
let precious: string;

beforeEach(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), "schedlab-mounted-"));
  // On the same file system, so that only the list of mounts can tell.
  precious = path.join(scratch, "precious");
  await mkdir(precious);
  await writeFile(path.join(precious, "file"), "");
});

afterEach(() => rm(scratch, { recursive: true, force: true }));

/** Runs commands in a mount namespace of their own, which ends with them. */
function apart(commands: string, environment: Readonly<Record<string, string>> = {}) {
  return execa("unshare", ["--mount", "--propagation", "private", "bash", "-c", commands], {
    cwd: repoRoot,
    reject: false,
    env: environment,
    timeout: 60_000,
  });
}

const removing = (directory: string) =>
  `node --import tsx --eval 'require("./host/remove-directory").removeDirectory("${directory}").catch((error) => {
    console.error(error.message, error.detail);
    process.exitCode = 1;
  })'`;

describe.skipIf(notRoot)(`removing a directory in which something is mounted${notRoot}`, () => {
  let directory: string;

  beforeEach(async () => {
    directory = path.join(scratch, "schedlab-x");
    await mkdir(path.join(directory, "deep", "a b"), { recursive: true });
    await writeFile(path.join(directory, "kept"), "");
  });

  test.each(["bind mount", "file system"])(
    "a %s is refused by name, and nothing is removed",
    async (kind) => {
      const target = `${directory}/deep/a b`;
      const what = kind === "bind mount" ? `--bind ${precious}` : "-t tmpfs mine";
      const { exitCode, stderr } = await apart(
        `mount ${what} '${target}' && touch '${target}/file' && { ${removing(directory)}; code=$?; [ -e '${target}/file' ] || exit 9; exit $code; }`,
      );
      expect(exitCode, stderr).toBe(1);
      expect(stderr).toContain(`${directory} is not removed, because something is mounted in it.`);
      expect(stderr).toContain(target);
      expect(existsSync(path.join(directory, "kept"))).toBe(true);
      expect(existsSync(path.join(precious, "file"))).toBe(true);
    },
    60_000,
  );

  test("a directory that is itself a mount point is refused", async () => {
    const { exitCode, stderr } = await apart(
      `mount --bind ${precious} ${directory} && ${removing(directory)}`,
    );
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(`${directory} (`)]);
    expect(existsSync(path.join(precious, "file"))).toBe(true);
  }, 60_000);
});

describe.skipIf(notRoot)(
  `deleting a node in whose directory something is mounted${notRoot}`,
  () => {
    const domainName = `schedlab-mounted${process.pid}-node01`;

    /** The script under a libvirt that knows no domain. */
    async function deleting(mounting: string) {
      const bin = path.join(scratch, "bin");
      await mkdir(bin, { recursive: true });
      await writeFile(path.join(bin, "virsh"), "#!/bin/sh\nexit 1\n");
      await chmod(path.join(bin, "virsh"), 0o755);
      const place = { domainName, stateDir: path.join(scratch, "state") };
      const { dir } = containerPaths(place);
      await mkdir(path.join(dir, "merged"), { recursive: true });
      await mkdir(path.join(dir, "upper", "data"), { recursive: true });
      await writeFile(path.join(scratch, "delete.sh"), containerDeleteScript(place));
      const commands = `dir=${dir}; ${mounting} && bash ${scratch}/delete.sh; code=$?; ls -A $dir/* 2> /dev/null; exit $code`;
      return apart(commands, { PATH: `${bin}:${process.env.PATH}` });
    }

    test("what is not the node's own root is refused by name, and nothing is deleted", async () => {
      for (const place of ["upper/data", "merged/deep", "."]) {
        const { exitCode, stderr } = await deleting(
          `mkdir -p $dir/${place} && mount --bind ${precious} $dir/${place}`,
        );
        expect(exitCode, stderr).toBe(1);
        expect(stderr).toContain(
          `container ${domainName}: not removed, because something is mounted`,
        );
        expect(existsSync(path.join(precious, "file"))).toBe(true);
        expect(existsSync(path.join(scratch, "state", domainName, "upper"))).toBe(true);
      }
    }, 60_000);

    test("its own root is unmounted, and the node deleted", async () => {
      const { exitCode, stderr } = await deleting(`mount --bind ${precious} $dir/merged`);
      expect(exitCode, stderr).toBe(0);
      expect(existsSync(path.join(precious, "file"))).toBe(true);
      expect(existsSync(path.join(scratch, "state", domainName))).toBe(false);
    }, 60_000);
  },
);

test("a directory with nothing mounted in it is removed, a link to one is not", async () => {
  const directory = path.join(scratch, "plain");
  await mkdir(path.join(directory, "deep"), { recursive: true });
  const link = path.join(scratch, "link");
  await symlink(precious, link);
  await removeDirectory(directory);
  await removeDirectory(link);
  await removeDirectory(path.join(scratch, "never-was"));
  expect([existsSync(directory), existsSync(link)]).toEqual([false, true]);
  expect(existsSync(path.join(precious, "file"))).toBe(true);
});
