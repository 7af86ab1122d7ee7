import { z } from "zod";
import { rows } from "../analysis/query";
import { simulateRun } from "../analysis/simulate/run";
import type { Report } from "../base/report";
import { readStore } from "../store/open";
import { storeSimulations } from "../store/simulations";

const runSchema = z.object({ contentHash: z.string(), simulated: z.boolean() });

/**
 * Stores the simulated schedules of a loaded or imported run with it, once. The store is read and,
 * after the simulation, written; it is not held in between. Throws Failure.
 */
export async function simulateLoaded(store: string, runId: string, report: Report): Promise<void> {
  const work = await readStore(store, async (connection) => {
    const [run] = await rows(
      connection,
      `SELECT content_hash AS "contentHash",
         unsimulated_reason IS NOT NULL
           OR EXISTS (FROM simulations WHERE simulations.run_id = runs.run_id) AS simulated
       FROM runs WHERE run_id = $1`,
      [runId],
    );
    if (run === undefined) return null;
    const { contentHash, simulated } = runSchema.parse(run);
    if (simulated) return null;
    return { contentHash, simulations: await simulateRun(connection, runId, { report }) };
  });
  if (work === null) return;
  const { contentHash, simulations } = work;
  if (typeof simulations === "string") report(`run ${runId} is not simulated: ${simulations}`);
  await storeSimulations(store, { runId, contentHash }, simulations, { report });
}
