import { readFile } from "node:fs/promises";
import Table from "cli-table3";
import type { Command } from "commander";
import { Failure } from "../host/failure";

export function registerPareto(program: Command): void {
  program
    .command("pareto")
    .description("find the non-dominated points of a JSON file and their hypervolume")
    .argument("<file>", '{"points": [[…]], "reference": […], "maximise": [indices]}')
    .option("--json", "one JSON object instead of a table")
    .action(async (file: string, { json }: { json?: boolean }) => {
      const { parseProblem } =
        require("../analysis/pareto/problem") as typeof import("../analysis/pareto/problem");
      const { nonDominatedFronts } =
        require("../analysis/pareto/dominance") as typeof import("../analysis/pareto/dominance");
      const { hypervolume, isInside } =
        require("../analysis/pareto/hypervolume") as typeof import("../analysis/pareto/hypervolume");

      const { points, reference } = parseProblem(await read(file), file);
      const fronts = nonDominatedFronts(points);
      const result = { front: fronts[0] ?? [], hypervolume: hypervolume(points, reference) };
      if (json) {
        console.log(JSON.stringify(result, null, 2));
        return;
      }
      const table = new Table({
        head: ["point", "front", "inside the reference"],
        style: { head: [], border: [] },
      });
      for (const [index, point] of points.entries()) {
        const rank = fronts.findIndex((front) => front.includes(index)) + 1;
        table.push([index, rank, isInside(point, reference) ? "yes" : "no"]);
      }
      console.log(`${table.toString()}\nhypervolume ${result.hypervolume}`);
    });
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new Failure(`${file} cannot be read`, { cause });
  }
}
