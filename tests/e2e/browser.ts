import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, chromium, type Page } from "playwright-core";

const executable = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
].find((file) => existsSync(file));

/** Why tests in a browser are skipped; empty where there is one. */
export const noBrowser =
  executable === undefined ? " (skipped: there is no Chromium, apt-get install chromium)" : "";

export function launchBrowser(): Promise<Browser> {
  const options = { headless: true, executablePath: executable ?? "", timeout: 120_000 };
  const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
  const quiet = ["--disable-background-networking", "--disable-component-update"];
  return chromium.launch({ ...options, args: [...args, ...quiet, "--disable-sync"] });
}

/** Opens the address and notes what goes wrong on it, and what is requested beside `allowed`. */
export async function openPage(
  browser: Browser,
  address: string,
  problems: string[],
  {
    width = 1280,
    bypassCSP = false,
    allowed = (url: string) => url === address,
  }: {
    readonly width?: number;
    readonly bypassCSP?: boolean;
    readonly allowed?: (url: string) => boolean;
  } = {},
): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, bypassCSP });
  const page = await context.newPage();
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) problems.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("request", (request) => {
    if (!allowed(request.url())) problems.push(`requested ${request.url()}`);
  });
  await page.goto(address);
  return page;
}

/** How far the page is wider than the window, in pixels. */
export async function overflowOf(page: Page): Promise<number> {
  const overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
  return Number(await page.evaluate(overflow));
}

/** Rules of axe that are broken, in light and in dark. The page has to be opened past its own policy. */
export async function brokenRules(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: createRequire(__filename).resolve("axe-core/axe.min.js") });
  const found: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    found.push(
      ...((await page.evaluate(
        "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`))",
      )) as string[]),
    );
  }
  return found;
}
