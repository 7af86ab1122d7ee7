import { clockLabel } from "../../../clock";
import { objectives } from "../../../pareto/objectives";
import { coverageText } from "../../../statistics/sources";
import { number } from "../../format";
import { html, type Markup } from "../../html";
import { figure, grid, missing, numberCell, table } from "../../table";
import type { CampaignData } from "../data/campaign";
import type { Effect, Sensitivity } from "../data/effects";
import { objectiveWords } from "../data/objectives";
import { effectsPlot, mostLines } from "../plots/effects";

/** Main effects of each axis on each objective. */
export function sensitivitySection({ sensitivities }: CampaignData): Markup {
  return html`<section id="sensitivity"><h2>Sensitivity to the axes</h2>
<p>The main effect of a value of an axis: how far the objective's mean over all tuples with that value is from its mean over all tuples. Below 0 is better than the mean. Main effects say nothing of interactions: a value may be good with one partner and bad with another, which the table of tuples shows.</p>
${
  sensitivities.length === 0
    ? missing("Main effects", "no axis has two values among the compared tuples")
    : sensitivities.map(sensitivityBody)
}</section>`;
}

function sensitivityBody(sensitivity: Sensitivity): Markup {
  const { ofDraws, effects, covers, omissions, clockFactor } = sensitivity;
  const titled = (text: string) => html`<h3>${clockLabel(text, clockFactor)}</h3>`;
  const drawn = objectives.flatMap((objective) => {
    const own = effects.filter((effect) => effect.objective === objective);
    return own.some(({ effect }) => typeof effect === "number")
      ? [effectsPlot(objective, own)]
      : [];
  });
  const title = ofDraws
    ? html`${titled("Draws of the jobs")}<p>These axes choose which jobs are drawn at random. Their effects are how much one draw differs from another; the intervals cover the noise between repeats alone, since the draws themselves are what is asked about.</p>`
    : titled("What was varied on purpose");
  return html`${title}<p>${designText(sensitivity)}</p>
${
  drawn.length === 0
    ? missing("Main effects", "no effect can be told")
    : figure(
        grid(drawn),
        `Main effects, in points of 100 of each objective's range, with 95 % bootstrap intervals${covers.length === 0 ? " where every tuple has several runs" : ""}. ${ofDraws || covers.length === 0 ? "" : coverageText(covers)}`,
      )
}
${effectTable(sensitivity, omissions)}`;
}

/** How the effects were computed where combinations are missing. */
function designText({ measured, full, ofDraws }: Sensitivity): string {
  const what = ofDraws ? "tuples" : "combinations, each a mean over its job lists";
  if (measured === full) {
    return `The design is full: all ${number(full)} ${what}, were measured, so that effects are plain differences of means.`;
  }
  return `The design is not full: ${number(measured)} of ${number(full)} ${ofDraws ? "tuples" : "combinations"} were measured, because the campaign excludes some or because they are not done. The mean over the tuples with a value would then also have what their other values do. Effects are therefore fitted by least squares, all axes together and without interactions; in a full design that gives the same as plain means.`;
}

function effectTable(
  { effects, axes, ofDraws, clockFactor }: Sensitivity,
  omissions: readonly string[],
): Markup {
  const values = new Map<string, Effect[]>();
  for (const effect of effects) {
    const key = `${axes.indexOf(effect.axis)} ${effect.value}`;
    values.set(key, [...(values.get(key) ?? []), effect]);
  }
  const shown = objectives.filter((objective) =>
    effects.some((effect) => effect.objective === objective),
  );
  const rows = [...values.values()];
  return table({
    caption: `${clockLabel(`Main effects ${ofDraws ? "of the draws" : "of what was varied"}`, clockFactor)}, in points of 100`,
    columns: [
      { head: "axis" },
      { head: "value" },
      { head: ofDraws ? "tuples" : "combinations", numeric: true },
      ...shown.map((objective) => ({ head: objectiveWords[objective].name, numeric: true })),
    ],
    rows: rows.map((own) => [
      { text: own[0]?.axis ?? "" },
      { text: html`<span class="long">${own[0]?.value ?? ""}</span>`, value: own[0]?.value ?? "" },
      numberCell(own[0]?.combinations, 0),
      ...shown.map((objective) => {
        const found = own.find((effect) => effect.objective === objective);
        if (found === undefined || typeof found.effect === "string") return numberCell(null, 2);
        const { interval, effect } = found;
        const range =
          interval === null
            ? ""
            : html` <span class="range">[${number(100 * interval.low, 2)}, ${number(100 * interval.high, 2)}]</span>`;
        return { text: html`${number(100 * effect, 2)}${range}`, value: effect };
      }),
    ]),
    notes: [
      ...omissions,
      ...new Set(
        effects.flatMap(({ axis, effect }) =>
          typeof effect === "string" ? [`${axis}: ${effect}`] : [],
        ),
      ),
      ...(effects.some(({ interval, effect }) => interval === null && typeof effect === "number")
        ? ["no interval where some tuple has a single run: its variation is unknown"]
        : []),
      ...(rows.length > mostLines ? [`the drawings have the first ${mostLines} values`] : []),
    ],
  });
}
