import type { Configuration } from "../data/configuration";
import { userFigures } from "../data/fairness";
import { count } from "../format";
import { html, type Markup } from "../html";
import { fairnessPlot } from "../plots/fairness";
import { legend } from "../plots/look";
import { figure, missing, spreadCell, table } from "../table";

/** Pixels of a page, at most: fewer users where there are many configurations. */
const maxLines = 72;
const maxRows = 200;

export function fairnessSection(configurations: readonly Configuration[]): Markup {
  const users = userFigures(configurations);
  if (users.length === 0) {
    return html`<section id="fairness"><h2>Fairness by user</h2>${missing("Fairness", "no job that counts has a known user")}</section>`;
  }
  const shown = users.slice(0, Math.max(4, Math.floor(maxLines / (configurations.length + 1))));
  const rest = users.length - shown.length;
  const left =
    rest > 0 ? ` The ${shown.length} worst of ${count(users.length, "user")} are drawn.` : "";
  return html`<section id="fairness"><h2>Fairness by user</h2>
${figure(
  [legend(configurations), fairnessPlot(shown, configurations)],
  `Mean bounded slowdown of each user's jobs; bars are the range of the repeats. Equal treatment puts all users at one place. The worst come first.${left}`,
)}
<details${users.length <= 12 ? html` open` : ""}><summary>Figures of ${count(Math.min(users.length, maxRows), "user")}</summary>
${table({
  caption: "Figures by user",
  columns: [
    { head: "user" },
    ...configurations.flatMap(({ label }) => [
      { head: `bounded slowdown, ${label}`, numeric: true },
      { head: `mean wait, ${label}`, unit: "s", numeric: true },
    ]),
  ],
  rows: users
    .slice(0, maxRows)
    .map(({ user, boundedSlowdown, wait }) => [
      { text: user },
      ...configurations.flatMap((_, index) => [
        spreadCell(boundedSlowdown[index], 2),
        spreadCell(wait[index], 2),
      ]),
    ]),
  notes: users.length > maxRows ? [`${users.length - maxRows} further users are left out`] : [],
})}</details></section>`;
}
