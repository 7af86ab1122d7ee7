import { spawn } from "node:child_process";
import { onTestFinished } from "vitest";
import { repoRoot } from "../../base/paths";

/** Another process that holds the store's lock, until the test ends or `release` is called. */
export async function holdLock(file: string, sql = "SELECT 1"): Promise<() => void> {
  const code = `require("@duckdb/node-api").DuckDBInstance.create(process.argv[1])
    .then(async (instance) => {
      const connection = await instance.connect();
      await connection.run(process.argv[2]);
      console.log("held");
      // What nobody refers to is collected, and its lock with it.
      setInterval(() => [instance, connection], 1000);
    })`;
  const child = spawn(process.execPath, ["-e", code, file, sql], {
    cwd: repoRoot,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const release = () => child.kill("SIGKILL");
  onTestFinished(() => void release());
  await new Promise<void>((resolve, reject) => {
    child.stdout.once("data", () => resolve());
    child.once("exit", () => reject(new Error("the holder of the lock ended")));
  });
  return release;
}
