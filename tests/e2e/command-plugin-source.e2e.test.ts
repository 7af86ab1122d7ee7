import path from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { goEnvironment, goVersion, modulesDir } from "../../toolchain/go";

test("the plugin's own Go tests pass", async (context) => {
  const version = await goVersion("command").catch((error: Error) => error);
  if (version instanceof Error) return context.skip(version.message);
  const { exitCode, all } = await execa("go", ["test", "-modcacherw", "./..."], {
    cwd: path.join(modulesDir, "command"),
    env: goEnvironment(),
    all: true,
    reject: false,
  });
  expect(exitCode, all).toBe(0);
}, 600_000);
