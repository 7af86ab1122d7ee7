import { describe, expect, test } from "vitest";
import { chaosJobs, withScene } from "../chaos/cluster";
import { type FaultKind, planRounds } from "../chaos/plan";
import { playRound } from "../chaos/round";
import { roundLine, troubles } from "../chaos/table";
import { notRoot } from "./test-stack";

/** Those that are over in seconds; `npm run chaos` has all of them. */
const kinds: readonly FaultKind[] = ["connections cut", "runner killed", "daemon killed"];

describe.skipIf(notRoot)(`faults in a live run${notRoot}`, () => {
  test("nothing is lost, doubled or left behind", async () => {
    const results = await withScene("slurm", async (scene) => {
      const played = [];
      const plan = { seed: 7, rounds: kinds.length, jobs: chaosJobs, kinds, longestSeconds: 5 };
      for (const round of planRounds(plan)) {
        const result = await playRound(scene, round);
        console.log(roundLine({ ...result, scheduler: "slurm" }));
        played.push(result);
      }
      return played;
    });
    expect(results.flatMap(troubles)).toEqual([]);
  }, 900_000);
});
