import { count, number } from "../../format";
import { html, type Markup } from "../../html";
import { numberCell, table } from "../../table";
import { type CampaignData, tuplePath } from "../data/campaign";

const maxRows = 500;

/** Every planned run in the random order, with what became of it. */
export function runsSection({ campaign, comparable, tuples, pages }: CampaignData): Markup {
  const compared = new Set(tuples.flatMap(({ runs }) => runs.map(({ id }) => id)));
  const reasons = new Map(comparable.leftOut.map(({ run, reason }) => [run, reason]));
  const runs = campaign.tuples
    .flatMap((tuple) => tuple.runs.map((run) => ({ tuple, run })))
    .sort((a, b) => a.run.position - b.run.position);
  return html`<section id="runs"><h2>Runs</h2>
<p>Planned ${campaign.plannedAt.slice(0, 16).replace("T", " ")} UTC, ${count(campaign.repeats, "repeat")} of each tuple.</p>
${table({
  caption: "Every planned run, in the random order",
  columns: [
    { head: "position", numeric: true },
    { head: "tuple" },
    { head: "repeat", numeric: true },
    { head: "progress" },
    { head: "run" },
    { head: "tries in vain", numeric: true },
    { head: "what to know" },
  ],
  rows: runs.slice(0, maxRows).map(({ tuple, run }) => {
    const id = run.runId ?? "";
    const page = pages && tuple.runIds.length > 0;
    const note =
      run.progress === "done"
        ? compared.has(id)
          ? ""
          : `not compared: ${reasons.get(id) ?? "unknown"}`
        : (run.problem ?? "");
    return [
      { text: number(run.position), value: run.position },
      {
        text: page ? html`<a href="${tuplePath(tuple.hash)}">${tuple.label}</a>` : tuple.label,
        value: tuple.label,
      },
      numberCell(run.repeat, 0),
      { text: run.progress },
      { text: html`<span class="nowrap">${run.runId ?? "–"}</span>`, value: id },
      numberCell(run.inVain, 0),
      { text: html`<span class="long">${note}</span>`, value: note },
    ];
  }),
  notes: runs.length > maxRows ? [`${count(runs.length - maxRows, "further run")} not listed`] : [],
})}</section>`;
}
