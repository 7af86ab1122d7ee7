import * as Plot from "@observablehq/plot";
import { html, type Markup } from "../html";
import { icon } from "./drawing";

/**
 * A configuration has a colour, a symbol and a dash, so that it is known without colour too. Colours
 * are variables of the style sheet: Okabe and Ito 2008, each lightened or darkened for its background.
 */
export interface Look {
  readonly colour: string;
  readonly symbol: Plot.SymbolType;
  readonly dash: string;
}

const colours = 7;

/** What has a look: a configuration, or what is compared in a campaign. */
export interface Shown {
  /** Determines colour, symbol and dash. */
  readonly index: number;
  readonly label: string;
}
const symbols: readonly Plot.SymbolType[] = [
  "circle",
  "square2",
  "triangle2",
  "diamond2",
  "star",
  "cross",
  "wye",
];
const dashes = ["none", "7 3", "2 2", "9 3 2 3"] as const;

export function lookOf({ index }: Pick<Shown, "index">): Look {
  // Each round of colours goes with other symbols, so that 49 are told apart by both together.
  const round = Math.floor(index / colours);
  return {
    colour: `var(--series-${index % colours})`,
    symbol: symbols[(index + round) % symbols.length] ?? "circle",
    dash: dashes[index % dashes.length] ?? "none",
  };
}

/** Its line and symbol, then its name. */
export function named(shown: Shown): Markup {
  const key = keys.get(shown.index) ?? keyOf(lookOf(shown));
  keys.set(shown.index, key);
  return html`<span class="key">${key} ${shown.label}</span>`;
}

/** Pages name the same ones many times. */
const keys = new Map<number, Markup>();

function keyOf({ colour, symbol, dash }: Look): Markup {
  return icon({
    width: 34,
    height: 14,
    x: { domain: [0, 2] },
    y: { domain: [-1, 1] },
    marks: [
      Plot.line(
        [
          [0, 0],
          [2, 0],
        ],
        { stroke: colour, strokeDasharray: dash, strokeWidth: 2 },
      ),
      Plot.dot([[1, 0]], { symbol, fill: colour, r: 4.5 }),
    ],
  });
}

export function legend(all: readonly Shown[]): Markup {
  return html`<ul class="legend">${all.map((entry) => html`<li>${named(entry)}</li>`)}</ul>`;
}
