import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { makeReport } from "../../analysis/report/report";
import { loadRun } from "../../store/load";
import { sixRuns, type Toy, toyStore } from "../analysis/report/toy-runs";
import { elasticFixture } from "../store/elastic-fixture";
import { writeRun } from "../store/run-fixture";
import { brokenRules, launchBrowser, noBrowser, openPage, overflowOf } from "./browser";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

const directory = mkdtempSync(path.join(tmpdir(), "schedlab-report-"));
const hostile = `"><script>document.title = "broken"</script>`;

async function writeReport(name: string, toys: readonly Toy[]): Promise<string> {
  return writePage(name, await toyStore(path.join(directory, name), toys));
}

async function writePage(name: string, store: string): Promise<string> {
  const { html } = await makeReport({
    store,
    varied: "scheduler",
    allowUnequal: true,
    accepted: [],
    generatedAt: new Date(),
  });
  const file = path.join(directory, `${name}.html`);
  writeFileSync(file, html);
  return pathToFileURL(file).href;
}

describe.skipIf(noBrowser)(`the report in a browser${noBrowser}`, () => {
  let browser: Browser;
  let six: string;
  let big: string;
  let elastic: string;
  const problems: string[] = [];

  const open = (address: string, width = 1280, bypassCSP = false): Promise<Page> =>
    openPage(browser, address, problems, { width, bypassCSP });

  beforeAll(async () => {
    browser = await launchBrowser();
    six = await writeReport("six", [...sixRuns]);
    big = await writeReport("big", [
      { policy: "easy", repeat: 1, jobs: 2000, users: [hostile, "user02"] },
    ]);
  });

  beforeAll(async () => {
    const store = path.join(directory, "elastic.duckdb");
    await loadRun(writeRun(directory, elasticFixture), store);
    elastic = await writePage("elastic", store);
  });

  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    expect(problems.splice(0)).toEqual([]);
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  test("every drawing that is shown has marks, at desktop and at phone width", async () => {
    for (const width of [1280, 390]) {
      const page = await open(six, width);
      const drawings = await page.locator(".drawings svg.plot[role]:visible").all();
      expect(drawings.length).toBeGreaterThanOrEqual(15);
      for (const drawing of drawings) {
        const box = await drawing.boundingBox();
        expect(box?.width).toBeGreaterThan(250);
        expect(box?.height).toBeGreaterThan(80);
        const marks = drawing.locator(".dot path, .dot circle, .line path, .rect rect");
        expect(await marks.count(), await drawing.getAttribute("aria-label").then(String)).not.toBe(
          0,
        );
      }
      expect(await overflowOf(page)).toBe(0);
    }
  });

  test("a table is sorted by a click and by keyboard, both ways, and says so", async () => {
    const page = await open(six);
    const table = page.locator("#runs table");
    const header = table.locator("thead th", { hasText: "mean wait" });
    const values = async () => {
      const column = await header.evaluate((cell) => cell.cellIndex);
      const texts = await table
        .locator(`tbody tr > :nth-child(${Number(column) + 1})`)
        .allInnerTexts();
      return texts.map(Number);
    };
    const ascending = [...(await values())].sort((a, b) => a - b);
    expect(new Set(ascending).size).toBeGreaterThan(1);

    await header.getByRole("button").click();
    expect(await values()).toEqual(ascending);
    expect(await header.getAttribute("aria-sort")).toBe("ascending");

    await header.getByRole("button").focus();
    await page.keyboard.press("Enter");
    expect(await values()).toEqual([...ascending].reverse());
    expect(await header.getAttribute("aria-sort")).toBe("descending");
    await page.keyboard.press("Space");
    expect(await values()).toEqual(ascending);
  });

  test("the arrow keys read a drawing out, mark by mark", async () => {
    const page = await open(six);
    const drawing = page.locator("#pareto svg.plot[tabindex]").first();
    await drawing.focus();
    await page.keyboard.press("ArrowRight");
    const tip = page.locator("#tip");
    await expect.poll(() => tip.isVisible()).toBe(true);
    const first = await tip.innerText();
    expect(first).toContain("1 − utilisation");
    await page.keyboard.press("End");
    await expect.poll(() => tip.innerText()).not.toBe(first);
    await page.keyboard.press("Escape");
    await expect.poll(() => tip.isVisible()).toBe(false);
  });

  test("pointing at a job shows it", async () => {
    const page = await open(six);
    await page.locator("#gantt .wide [data-tip]").nth(3).hover();
    await expect
      .poll(() => page.locator("#tip").innerText())
      .toMatch(/^job \d+ of user0\d on node01/);
  });

  test("no rule of axe is broken, in light and in dark", async () => {
    // Past the page's own policy, as a browser's extension would be.
    expect(await brokenRules(await open(six, 1280, true))).toEqual([]);
  });

  test("demand, supply and what befell nodes are drawn at both widths, and break no rule of axe", async () => {
    for (const width of [1280, 390]) {
      const page = await open(elastic, width);
      const drawing = page.locator("#elastic svg.plot[role]:visible");
      expect(await drawing.count()).toBe(1);
      expect(await drawing.locator(".area path, .line path").count()).toBe(3);
      expect(await drawing.locator(".dot path").count()).toBe(4);
      expect(await overflowOf(page)).toBe(0);
    }
    expect(await brokenRules(await open(elastic, 1280, true))).toEqual([]);
  });

  test("two thousand jobs are drawn as shares, and a name from a trace runs nothing", async () => {
    const page = await open(big);
    expect(await page.title()).toBe("schedlab report: toy");
    expect(await page.locator("#gantt figcaption").innerText()).toContain("busy share");
    expect(await page.locator("#gantt .wide rect").count()).toBeLessThan(1000);
    expect(await page.locator("#fairness table").first().innerText()).toContain(hostile);
  });

  test("printed, it is a document of some pages", async () => {
    const page = await open(six);
    const pdf = await page.pdf({ format: "A4" });
    const pages = pdf.toString("latin1").match(/\/Type\s*\/Page\b/g) ?? [];
    expect(pages.length).toBeGreaterThan(3);
    expect(pages.length).toBeLessThan(20);
  });
});
