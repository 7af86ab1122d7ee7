import { coverageText } from "../../../statistics/sources";
import { count } from "../../format";
import { html, type Markup } from "../../html";
import { type Cell, table } from "../../table";
import type { CampaignData } from "../data/campaign";
import type { ComparedWorkload } from "../data/compared";
import type { GroupVolume } from "../data/hypervolumes";
import { byWorkload } from "./by-workload";

/** Of all systems, and of those with each scheduler and each topology. */
export function hypervolumeSection(data: CampaignData): Markup {
  return html`<section id="hypervolume"><h2>Hypervolume</h2>
<p>The share of the unit cube that a group's systems dominate together, up to the reference point of 1 in every objective: more is better, and 1 would be ideal (Zitzler and Thiele, PPSN 1998). A group of more systems can only have more of it, so compare groups of as many.</p>
${byWorkload(data, volumes)}</section>`;
}

const words: Readonly<Record<GroupVolume["by"], string>> = {
  scheduler: "scheduler",
  policy: "scheduler and policy",
  topology: "topology",
};

function volumes({ label, known, systems, bootstrap, volumes: groups }: ComparedWorkload): Markup {
  return html`${table({
    caption: `Hypervolume over ${known.join(", ")} on ${label}`,
    columns: [
      { head: "group" },
      { head: "by" },
      { head: "systems", numeric: true },
      { head: "hypervolume", numeric: true },
    ],
    rows: [
      [{ text: "all systems" }, { text: "all" }, countCell(systems), cell(bootstrap.hypervolume)],
      ...groups.map((volume) => [
        { text: volume.group },
        { text: words[volume.by] },
        countCell(volume.systems),
        cell(volume),
      ]),
    ],
    notes: [
      ...(groups.length === 0 ? ["there is one scheduler and one topology"] : []),
      ...(bootstrap.hypervolume.interval === null
        ? [`no interval where some system has one run`]
        : [`95 % bootstrap intervals. ${coverageText(bootstrap.covers)}`]),
    ],
  })}`;
}

function countCell(systems: readonly unknown[]): Cell {
  return { text: count(systems.length, "system"), value: systems.length };
}

function cell({ mean, interval }: Pick<GroupVolume, "mean" | "interval">): Cell {
  const range =
    interval === null
      ? ""
      : html` <span class="range">[${interval.low.toFixed(4)}, ${interval.high.toFixed(4)}]</span>`;
  return { text: html`${mean.toFixed(4)}${range}`, value: mean };
}
