import { tieRule } from "../../simulate/policy";
import type { Configuration } from "../data/configuration";
import { jobUnfairness, userFigures } from "../data/fairness";
import { metricReason } from "../data/run";
import { count } from "../format";
import { html, type Markup } from "../html";
import { fairnessPlot } from "../plots/fairness";
import { legend, named } from "../plots/look";
import { figure, missing, spreadCell, table } from "../table";

/** Height of a page in pixels, at most: with many configurations, fewer users are shown. */
const maxLines = 72;
const maxRows = 200;

export function fairnessSection(configurations: readonly Configuration[]): Markup {
  return html`<section id="fairness"><h2>Fairness</h2>
${byUser(configurations)}
<h3>By job</h3>
${byJob(configurations)}</section>`;
}

/** Job-level unfairness against the fair starts of each policy. */
function byJob(configurations: readonly Configuration[]): Markup {
  const entries = jobUnfairness(configurations);
  const unknown = configurations.flatMap(({ label, runs }) =>
    runs
      .filter(({ metrics }) => !metrics.some(({ scope }) => scope === "policy"))
      .map((run) => `${label}, run ${run.id}: ${metricReason(run, "unfairness")}`),
  );
  return html`<p>A job's fair start is its start in a simulated schedule where no later arrival exists; unfairness is how much later it started. Against a policy's own fair starts this tells whom that policy's order of jobs held up; a scheduler that is slower than the policy is behind them for that reason as well. Ties: ${tieRule}. Sabin, Kochhar, Sadayappan, ICPP 2004.</p>
${table({
  caption: "Delay past the fair start, by job",
  columns: [
    { head: "configuration" },
    { head: "fair starts of" },
    { head: "sum", unit: "s", numeric: true },
    { head: "mean", unit: "s", numeric: true },
    { head: "jobs delayed", numeric: true },
  ],
  rows: entries.map(({ configuration, policy, sum, mean, delayed }) => [
    { text: named(configuration), value: configuration.label },
    { text: policy },
    spreadCell(sum, 1),
    spreadCell(mean, 2),
    spreadCell(delayed, 0),
  ]),
  notes: unknown,
})}`;
}

function byUser(configurations: readonly Configuration[]): Markup {
  const users = userFigures(configurations);
  if (users.length === 0) {
    return missing("Fairness by user", "no job that counts has a known user");
  }
  const shown = users.slice(0, Math.max(4, Math.floor(maxLines / (configurations.length + 1))));
  const rest = users.length - shown.length;
  const left =
    rest > 0 ? ` The ${shown.length} worst of ${count(users.length, "user")} are drawn.` : "";
  return html`<h3>By user</h3>
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
})}</details>`;
}
