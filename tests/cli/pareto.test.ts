import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { registerPareto } from "../../cli/pareto";
import { runCommand } from "./command";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "schedlab-pareto-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function pareto(problem: object, ...args: string[]) {
  const file = path.join(folder, "problem.json");
  await writeFile(file, JSON.stringify(problem));
  return runCommand(registerPareto, "pareto", file, ...args);
}

test("the front and the hypervolume as one JSON object", async () => {
  const points = [
    [5, 5],
    [4, 6],
    [2, 7],
    [7, 4],
    [5, 6],
    [5, 5],
    [1, 11],
  ];
  const { output } = await pareto({ points, reference: [10, 10] }, "--json");
  expect(JSON.parse(output)).toEqual({ front: [0, 1, 2, 3, 5, 6], hypervolume: 38 });
});

test("objectives to maximise count the other way", async () => {
  const points = [
    [5, -5],
    [6, -6],
  ];
  const { output } = await pareto({ points, reference: [10, -10], maximise: [1] }, "--json");
  expect(JSON.parse(output)).toEqual({ front: [0], hypervolume: 25 });
});

test("the table gives each point's front and whether it is inside the reference", async () => {
  const points = [
    [1, 1],
    [2, 2],
    [11, 0],
  ];
  const { output } = await pareto({ points, reference: [10, 10] });
  expect(output).toMatch(/1 +│ 2 +│ yes/);
  expect(output).toMatch(/2 +│ 1 +│ no/);
  expect(output).toContain("hypervolume 81");
});

test("a file that is not there is an error, a missing argument is wrong use", async () => {
  await expect(runCommand(registerPareto, "pareto", "/nowhere.json")).rejects.toThrow(
    "/nowhere.json cannot be read",
  );
  expect((await runCommand(registerPareto, "pareto")).wrongUse).toContain("missing required");
});
