import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { makeCampaignReport } from "../../analysis/report/campaign/report";
import { campaignStore } from "../analysis/report/campaign/campaign-store";
import { brokenRules, launchBrowser, noBrowser, openPage, overflowOf } from "./browser";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 });

const directory = mkdtempSync(path.join(tmpdir(), "schedlab-campaign-report-"));

describe.skipIf(noBrowser)(`the report of a campaign in a browser${noBrowser}`, () => {
  let browser: Browser;
  const problems: string[] = [];
  const first = pathToFileURL(path.join(directory, "index.html")).href;
  const within = (url: string) => url.startsWith(pathToFileURL(directory).href);
  const open = (width = 1280, bypassCSP = false) =>
    openPage(browser, first, problems, { width, bypassCSP, allowed: within });

  beforeAll(async () => {
    browser = await launchBrowser();
    const store = await campaignStore(directory, { seeds: [7, 8], repeats: 2, jobs: 40 });
    await makeCampaignReport({
      ...{ store, campaign: "study", accepted: [], allowUnequal: false, pages: true },
      generatedAt: new Date(),
      write: (name, page) => {
        const file = path.join(directory, name);
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(file, page);
      },
    });
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
      const page = await open(width);
      const drawings = await page.locator(".drawings svg.plot[role]:visible").all();
      // Three pairs of objectives, parallel coordinates, and effects of the policy and of the seeds.
      expect(drawings).toHaveLength(10);
      for (const drawing of drawings) {
        const box = await drawing.boundingBox();
        expect(box?.width).toBeGreaterThan(250);
        expect(await drawing.locator(".dot path, .dot circle").count()).toBeGreaterThan(1);
      }
      expect(await overflowOf(page)).toBe(0);
    }
  });

  test("a tuple's page is reached by its link, and leads back", async () => {
    const page = await open();
    await page.getByRole("link", { name: "easy, 8" }).first().click();
    await expect.poll(() => page.title()).toBe("campaign study: easy, 8");
    expect(await page.locator("#gantt svg.plot:visible").count()).toBeGreaterThan(0);
    await page.getByRole("link", { name: "All tuples of campaign study" }).click();
    await expect.poll(() => page.title()).toBe("schedlab report: campaign study");
  });

  test("the arrow keys read out parallel coordinates, mark by mark", async () => {
    const page = await open();
    const drawing = page.locator("#front .wide svg.plot[tabindex]");
    await drawing.focus();
    await page.keyboard.press("ArrowRight");
    const tip = page.locator("#tip");
    await expect.poll(() => tip.isVisible()).toBe(true);
    expect(await tip.innerText()).toMatch(/^fcfs\nidle 0\.\d+ \[/);
  });

  test("no rule of axe is broken, in light and in dark", async () => {
    expect(await brokenRules(await open(1280, true))).toEqual([]);
  });

  test("printed, it is a document of some pages", async () => {
    const page = await open();
    const pdf = await page.pdf({ format: "A4" });
    const pages = pdf.toString("latin1").match(/\/Type\s*\/Page\b/g) ?? [];
    expect(pages.length).toBeGreaterThan(3);
    expect(pages.length).toBeLessThan(20);
  });
});
