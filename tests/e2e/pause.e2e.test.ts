import { execa } from "execa";
import { expect, test } from "vitest";
import { goEnvironment, goVersion, moduleDir } from "../../toolchain/go";

test("the pause program's own Go tests pass", async (context) => {
  const version = await goVersion("pause").catch((error: Error) => error);
  if (version instanceof Error) return context.skip(version.message);
  const { exitCode, all } = await execa("go", ["test", "-modcacherw", "./..."], {
    cwd: moduleDir("pause"),
    env: goEnvironment(),
    all: true,
    reject: false,
  });
  expect(exitCode, all).toBe(0);
}, 120_000);
