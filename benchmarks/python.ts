import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { cacheDir } from "../base/paths";

/**
 * The Python of a virtual environment in the cache with these packages (`name==version`); made when it is
 * missing, anew for another version of Python. Throws when there is no python3, or when pip fails.
 */
export async function pythonWith(packages: readonly string[]): Promise<string> {
  const { stdout: version } = await execa("python3", ["--version"]);
  const content = [version, ...packages].join(" ");
  const key = createHash("sha256").update(content).digest("hex").slice(0, 12);
  const directory = path.join(cacheDir(), "python", key);
  const python = path.join(directory, "bin", "python");
  const whole = path.join(directory, "whole");
  if (existsSync(whole)) return python;
  process.stderr.write(`installing Python packages: ${packages.join(" ").slice(0, 100)}…\n`);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(path.dirname(directory), { recursive: true });
  await execa("python3", ["-m", "venv", directory], { timeout: 120_000 });
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "2"];
  await execa(python, [...pip, ...packages], { timeout: 900_000 });
  mkdirSync(`${whole}.tmp`);
  renameSync(`${whole}.tmp`, whole);
  return python;
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
