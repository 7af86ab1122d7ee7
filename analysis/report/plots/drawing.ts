import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { html, type Markup, trusted } from "../html";

const { document } = parseHTML("<!doctype html><html><body></body></html>");

/**
 * Pixels. A drawing is made for both widths, so that text is never scaled down; the style sheet shows
 * one of them.
 */
const widths = { wide: 920, narrow: 358 } as const;
/** Width of a drawing that is beside others on a wide screen. */
const smallWidth = 358;

export type Draw = (width: number) => Plot.PlotOptions;

/** One drawing, in two widths. `label` is how a screen reader describes it. */
export function wideDrawing(label: string, draw: Draw): Markup {
  return html`<div class="wide">${svg(label, widths.wide, draw)}</div><div class="narrow">${svg(label, widths.narrow, draw)}</div>`;
}

export function smallDrawing(label: string, draw: Draw): Markup {
  return svg(label, smallWidth, draw);
}

/** A few pixels beside a name; it says nothing that the name does not. */
export function icon(options: Plot.PlotOptions): Markup {
  const element = plot({ margin: 0, axis: null, ...options });
  element.setAttribute("aria-hidden", "true");
  return trusted(element.outerHTML);
}

function svg(label: string, width: number, draw: Draw): Markup {
  const { x, y, ...options } = draw(width);
  const element = plot({
    width,
    marginLeft: 52,
    marginBottom: 40,
    style: { fontSize: "12px" },
    ...options,
    x: { labelArrow: "none", labelAnchor: "center", labelOffset: 34, ...x },
    y: { labelArrow: "none", ...y },
  });
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", label);
  return trusted(element.outerHTML);
}

function plot(options: Plot.PlotOptions) {
  // linkedom's document has all that Plot needs.
  const element = Plot.plot({ className: "plot", ...options, document: document as never });
  // The page's style sheet has these rules once for all drawings.
  element.querySelector("style")?.remove();
  // A group without a role may not have a label; the style sheet needs it as a class.
  for (const group of element.querySelectorAll("g[aria-label]")) {
    group.setAttribute("class", (group.getAttribute("aria-label") ?? "").replaceAll(" ", "-"));
    group.removeAttribute("aria-label");
  }
  return element;
}
