import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { html, type Markup, trusted } from "./html";

export interface Section {
  /** Of the section's element. */
  readonly id: string;
  readonly name: string;
  /** Null: the page does not have it. */
  readonly body: Markup | null;
}

/** One HTML file that loads nothing. */
export function shell(title: string, head: Markup, sections: readonly Section[]): string {
  const style = asset("style.css");
  const script = asset("browser.js");
  const shown = sections.filter(({ body }) => body !== null);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src '${hash(script)}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${trusted(style)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
${head}
<nav aria-label="Contents"><ul>${shown.map(({ id, name }) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
</header>
<main>
${shown.map(({ body }) => html`${body}\n`)}</main>
<script>${trusted(script)}</script>
</body>
</html>
`.text;
}

/** `2026-11-22 00:00 UTC`. */
export function dateText(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

const assets = new Map<string, string>();

function asset(name: string): string {
  const text = assets.get(name) ?? readFileSync(path.join(__dirname, name), "utf8");
  assets.set(name, text);
  return text;
}

/** The hash against which the browser checks the script. */
function hash(script: string): string {
  return `sha256-${createHash("sha256").update(script).digest("base64")}`;
}
