import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { registerReport } from "../../cli/report";
import { campaignStore, hashOf } from "../analysis/report/campaign/campaign-store";
import { runCommand } from "./command";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const directory = mkdtempSync(path.join(tmpdir(), "schedlab-report-campaign-"));
const out = (name: string) => path.join(directory, name);
let store: string;

beforeAll(async () => {
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  store = await campaignStore(directory, { seeds: [7], repeats: 1, jobs: 20 });
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

const report = (...args: string[]) =>
  runCommand(registerReport, "report", "--store", store, ...args);

test("a directory has the first page and one for each tuple", async () => {
  const { output } = await report("--campaign", "study", "--out", out("pages"));
  expect(output).toBe(`${out("pages/index.html")}: 2 tuples, 2 of 2 planned runs compared`);
  expect(readdirSync(out("pages/tuples")).sort()).toEqual(
    [hashOf("easy", 7), hashOf("fcfs", 7)].map((hash) => `${hash}.html`),
  );
  // A second time, into what is there.
  await report("--campaign", "study", "--out", out("pages"));
});

test("an .html file has the first page alone", async () => {
  await report("--campaign", "study", "--out", out("study.html"));
  expect(readFileSync(out("study.html"), "utf8")).toContain("campaign study");
  expect(existsSync(out("tuples"))).toBe(false);
});

test("a misspelt campaign is answered with the nearest, and choices of runs are refused", async () => {
  await expect(report("--campaign", "sutdy")).rejects.toThrow('did you mean "study"?');
  const { wrongUse } = await report("--campaign", "study", "--vary", "policy");
  expect(wrongUse).toContain("--vary cannot be used with --campaign");
});

test("a directory that cannot be made is said, with its name", async () => {
  await report("--campaign", "study", "--out", out("single.html"));
  const blocked = out("single.html/pages");
  await expect(report("--campaign", "study", "--out", blocked)).rejects.toThrow(
    /cannot make the directory .*single\.html/,
  );
});
