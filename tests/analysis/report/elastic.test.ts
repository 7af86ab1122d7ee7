import path from "node:path";
import { parseHTML } from "linkedom";
import { expect, test, vi } from "vitest";
import { comparePareto } from "../../../analysis/pareto/campaign";
import { makeReport } from "../../../analysis/report/report";
import { readResults } from "../../../analysis/results";
import { resultsTable } from "../../../analysis/results-table";
import { loadRun } from "../../../store/load";
import { elasticFixture, elasticRun } from "../../store/elastic-fixture";
import { type RunFixture, temporaryDirectory, writeRun } from "../../store/run-fixture";
import { emptyStore } from "../../store/store-copies";

// Loading runs takes a while where many tests share few processors.
vi.setConfig({ testTimeout: 120_000 });

async function storeOf(...runs: RunFixture[]): Promise<string> {
  const directory = temporaryDirectory();
  const store = path.join(directory, "s.duckdb");
  await emptyStore(store);
  for (const run of runs) await loadRun(writeRun(directory, run), store);
  return store;
}

const newest = { varied: "scheduler", allowUnequal: false, accepted: [] } as const;

test("a run whose nodes come and go has its demand and supply in one picture, and every node in a table", async () => {
  const store = await storeOf(elasticFixture);
  const { html } = await makeReport({ store, ...newest, generatedAt: new Date() });
  const { document } = parseHTML(html);
  const section = document.querySelector("#elastic");
  expect(section?.querySelector("svg.plot[role]")?.getAttribute("aria-label")).toMatch(
    /at most 6 cores wanted and 6 supplied, 2 nodes joined$/,
  );
  const titles = [...(section?.querySelectorAll(".wide title") ?? [])].map(
    (one) => one.textContent,
  );
  expect(titles.sort()).toEqual([
    "given up at 12.00 s: node04",
    "joined at 15.00 s: node02, node03",
    "left at 40.00 s: node03",
    "left at 45.00 s: node02",
  ]);
  const rowsOf = (caption: string) => {
    const table = [...(section?.querySelectorAll("table") ?? [])].find((one) =>
      one.querySelector("caption")?.textContent?.includes(caption),
    );
    return [...(table?.querySelectorAll("tbody tr") ?? [])].map((row) =>
      [...row.querySelectorAll("th, td")].map((cell) => cell.textContent?.trim()),
    );
  };
  expect(rowsOf("Nodes of")).toEqual([
    ["node01", "–", "–", "–", "–", "–", "–", "–", "there at the end"],
    ["node02", "10.1", "2.90", "4.90", "5.90", "35.0", "0.30", "10.00", "left"],
    ["node03", "10.1", "3.40", "4.90", "5.90", "35.0", "0.30", "5.00", "left"],
    ["node04", "10.1", "–", "–", "–", "–", "–", "–", "given up"],
  ]);
  expect(rowsOf("How supply followed")[0]?.slice(1, 9)).toEqual([
    "8.3",
    "12.5",
    "12.5",
    "25.0",
    "−1.00",
    "127",
    "1.41",
    "2",
  ]);
});

test("the metrics of nodes that come and go are defined in the report of a run that has them", async () => {
  const { html } = await makeReport({
    ...{ store: await storeOf(elasticFixture), ...newest, generatedAt: new Date() },
  });
  const definitions = parseHTML(html).document.querySelector("#definitions")?.textContent ?? "";
  expect(definitions).toMatch(/jitter.*node_seconds_ratio/s);
});

test("elasticity is an objective where the supply could change, and has columns in the results", async () => {
  const store = await storeOf(elasticFixture);
  const campaign = await comparePareto({ store, ...newest, seed: 1, resamples: 10 });
  expect(campaign.objectives).toContain("elasticity");
  const deviation = (100 / 40) * ((4 / 6) * 5 + (2 / 4) * 10) * 0.01;
  expect(campaign.bootstrap.tuples[0]?.mean.at(-1)).toBeCloseTo(deviation / (1 + deviation), 8);
  const results = await readResults(store);
  const table = resultsTable(results, [{ runs: results.map(({ run }) => run), differences: [] }]);
  expect(table).toMatch(/θᵤ \+ θₒ │ +node │ +of an/);
  expect(table).toMatch(/│ +20\.8 │ +127 │ +1\.41 │/);
});

test("a fixed cluster has neither the section nor the columns", async () => {
  const store = await storeOf({});
  const { html } = await makeReport({ store, ...newest, generatedAt: new Date() });
  const { document } = parseHTML(html);
  expect(document.querySelector("#elastic")).toBeNull();
  const definitions = document.querySelector("#definitions")?.textContent ?? "";
  expect(definitions).toContain("mean_wait");
  expect(definitions).not.toMatch(/jitter|node_seconds|provisioning_deviation|could not change/);
  const results = await readResults(store);
  const table = resultsTable(results, [{ runs: results.map(({ run }) => run), differences: [] }]);
  expect(table).not.toContain("of an");
});

test("many changes become means over intervals, which keep the integral of the demand", async () => {
  const { jobs = [] } = elasticFixture;
  const [first] = jobs;
  if (first === undefined) throw new Error("the fixture has jobs");
  const many = Array.from({ length: 1000 }, (_, index) => {
    const at = (moment: number | null) => (moment === null ? null : moment + index * 200);
    const seen = (time: typeof first.start) =>
      time === null ? null : { ...time, at: time.at + index * 200 };
    return {
      ...first,
      job: index + 1,
      dueAt: at(first.dueAt),
      submitStartedAt: at(first.submitStartedAt),
      submitFinishedAt: at(first.submitFinishedAt),
      start: seen(first.start),
      end: seen(first.end),
    };
  });
  const whole = { ...elasticFixture, run: elasticRun({ plannedJobs: 1000 }), jobs: many };
  const { html: unknown } = await makeReport({
    ...{ store: await storeOf({ ...whole, supply: [] }), ...newest, generatedAt: new Date() },
  });
  const drawing = parseHTML(unknown).document.querySelector("#elastic svg.plot[role]");
  expect(drawing?.getAttribute("aria-label")).toContain("8 cores wanted, the supply unknown");
  const store = await storeOf(whole);
  const { html } = await makeReport({ store, ...newest, generatedAt: new Date() });
  const text = parseHTML(html).document.querySelector("#elastic figcaption")?.textContent;
  expect(text).toContain("Averaged over intervals of 0.37 s at most");
});
