import type { Spread } from "./data/distribution";
import { number, rangeText } from "./format";
import { html, type Markup } from "./html";

export interface Cell {
  readonly text: string | Markup;
  /** The value to sort by; without it, the text is used. Null is sorted last. */
  readonly value?: number | string | null;
}

export interface Column {
  readonly head: string;
  readonly unit?: string;
  readonly numeric?: boolean;
}

export interface Table {
  readonly caption: string;
  readonly columns: readonly Column[];
  /** The first cell of a row names it. */
  readonly rows: readonly (readonly Cell[])[];
  /** What is unknown and why. */
  readonly notes?: readonly string[];
}

/** A table that the page's script makes sortable; it is complete without the script. */
export function table({ caption, columns, rows, notes = [] }: Table): Markup {
  const head = columns.map(
    ({ head, unit, numeric }) =>
      html`<th scope="col"${numeric ? html` class="numeric"` : ""}>${head}${unit === undefined ? "" : html` <span class="unit">(${unit})</span>`}</th>`,
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table class="sortable"><caption><span>${caption}</span></caption><thead><tr>${head}</tr></thead><tbody>${rows.map((row) => html`<tr>${row.map((cell, index) => tableCell(cell, columns[index], index === 0))}</tr>\n`)}</tbody></table></div>${list(notes)}`;
}

function tableCell({ text, value }: Cell, column: Column | undefined, first: boolean): Markup {
  const sort = value === undefined ? "" : html` data-value="${value === null ? "" : value}"`;
  const look = column?.numeric ? html` class="numeric"` : "";
  return first
    ? html`<th scope="row"${sort}${look}>${text}</th>`
    : html`<td${sort}${look}>${text}</td>`;
}

/** A figure; a dash where it is unknown. */
export function numberCell(value: number | null | undefined, digits: number): Cell {
  if (value === null || value === undefined) return { text: "–", value: null };
  return { text: number(value, digits), value };
}

/** The mean with a mark beside it, and the range of the repeats below. */
export function spreadCell(spread: Spread | null | undefined, digits: number, mark = ""): Cell {
  if (spread === null || spread === undefined) return { text: "–", value: null };
  const range = rangeText(spread, digits);
  const small = range === "" ? "" : html` <span class="range">${range}</span>`;
  return {
    text: html`${number(spread.mean, digits)}${mark === "" ? "" : ` ${mark}`}${small}`,
    value: spread.mean,
  };
}

export function list(notes: readonly string[]): Markup | "" {
  if (notes.length === 0) return "";
  return html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`;
}

/** The place of a drawing that cannot be made. */
export function missing(what: string, reason: string): Markup {
  return html`<p class="missing">${what}: not drawn. ${reason.charAt(0).toUpperCase()}${reason.slice(1)}.</p>`;
}

export function figure(body: Markup | readonly Markup[], caption: string): Markup {
  return html`<figure><div class="drawings">${body}</div><figcaption>${caption}</figcaption></figure>`;
}

/** Drawings side by side where there is room. */
export function grid(drawings: readonly Markup[]): Markup {
  return html`<div class="grid">${drawings.map((drawing) => html`<div>${drawing}</div>`)}</div>`;
}
