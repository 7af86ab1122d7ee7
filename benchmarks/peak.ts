import path from "node:path";
import { execa } from "execa";
import { repoRoot } from "../base/paths";

/**
 * Peak resident bytes of a schedlab command as a whole process, as a user starts it. Not by getrusage: its
 * figure begins with the peak of the process that started this one.
 */
export async function peakOf(...words: string[]): Promise<number> {
  const code = `
    const { main } = require(${JSON.stringify(path.join(repoRoot, "cli", "main"))});
    main(["node", "schedlab", ...process.argv.slice(1)]).then(() => {
      const status = require("node:fs").readFileSync("/proc/self/status", "utf8");
      console.log("peak " + 1024 * Number(/VmHWM:\\s+(\\d+)/.exec(status)[1]));
    });`;
  const { stdout } = await execa(process.execPath, ["-r", "tsx/cjs", "-e", code, ...words], {
    cwd: repoRoot,
    timeout: 1_800_000,
  });
  return Number(/^peak (\d+)$/m.exec(stdout)?.[1]);
}

export function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}
