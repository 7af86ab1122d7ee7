import { spawn } from "node:child_process";
import { once } from "node:events";
import { repoRoot } from "../../base/paths";

/** Opens the store for writing, says so, and keeps it until its standard input ends. */
const holder = `
const { DuckDBInstance } = require("@duckdb/node-api");
DuckDBInstance.create(process.argv[1]).then(async (instance) => {
  await instance.connect();
  console.log("held");
  process.stdin.resume();
  process.stdin.on("end", () => process.exit(0));
});
`;

/**
 * Holds DuckDB's lock on a store as another program would, such as a shell left open.
 * @returns what lets it go. @throws when the store cannot be opened.
 */
export async function holdStore(store: string): Promise<() => Promise<void>> {
  const child = spawn("node", ["-e", holder, store], {
    cwd: repoRoot,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const held = await Promise.race([
    once(child.stdout, "data").then(() => true),
    ended.then(() => false),
  ]);
  if (!held) throw new Error(`${store} could not be opened for writing`);
  return async () => {
    child.stdin.end();
    await ended;
  };
}
