import { expect, test } from "vitest";
import { withBoundMemory } from "../../store/memory";
import { writeStore } from "../../store/open";
import { temporaryDirectory } from "./run-fixture";

const store = () => `${temporaryDirectory()}/store.duckdb`;
/** A list cannot go to disk: this takes some hundred MiB. */
const greedy = "SELECT len(list(range)) AS n FROM range(20000000)";

test("work that needs more than its bound is done again without one, from its begin", async () => {
  const file = store();
  const bounds: string[] = [];
  const said: string[] = [];
  const result = await withBoundMemory(
    (bound) =>
      writeStore(file, async (connection) => {
        await bound(connection, 0);
        const limit = await connection.runAndReadAll("SELECT current_setting('memory_limit')");
        bounds.push(String(limit.value(0, 0)));
        return Number((await connection.runAndReadAll(greedy)).value(0, 0));
      }),
    (line) => said.push(line),
  );
  expect(result).toBe(20_000_000);
  expect(bounds).toHaveLength(2);
  expect(bounds[0]).toBe("128.0 MiB");
  expect(said).toEqual(["this takes more memory than planned: starting again without a bound"]);
}, 60_000);

test("any other failure is told at once", async () => {
  let tries = 0;
  const work = withBoundMemory(async () => {
    tries += 1;
    throw new Error("IO Error: no");
  });
  await expect(work).rejects.toThrow("IO Error: no");
  expect(tries).toBe(1);
});
