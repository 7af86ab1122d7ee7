import { policies } from "../../simulate/policy";
import { type Configuration, representative } from "../data/configuration";
import { type LiveAgainstSimulated, liveAgainstSimulated } from "../data/simulated";
import { count, number } from "../format";
import { html, type Markup } from "../html";
import { legend, named } from "../plots/look";
import { maxPoints, simulatedPlot } from "../plots/simulated";
import { figure, grid, list, missing, numberCell, table } from "../table";

interface Compared {
  readonly configuration: Configuration;
  readonly result: LiveAgainstSimulated;
}

export function simulatedSection(configurations: readonly Configuration[]): Markup {
  const compared: Compared[] = [];
  const unknown: string[] = [];
  for (const configuration of configurations) {
    const run = representative(configuration);
    const result = run === undefined ? "no run" : liveAgainstSimulated(run);
    if (typeof result === "string") unknown.push(`${configuration.label}: ${result}`);
    else compared.push({ configuration, result });
  }
  return html`<section id="simulated"><h2>Live against simulated</h2>
${compared.length === 0 ? missing("Simulated schedules", unknown.join("; ")) : html`${comparison(compared)}${list(unknown)}`}</section>`;
}

function comparison(compared: readonly Compared[]): Markup {
  const jobs = compared.reduce(
    (sum, { result }) => sum + (result.policies[0]?.waits.length ?? 0),
    0,
  );
  const sampled =
    jobs > maxPoints
      ? ` Of ${number(jobs)} jobs at most ${maxPoints} are drawn, at even distances.`
      : "";
  const skipped = compared.reduce((sum, { result }) => sum + result.skipped, 0);
  const drawings = policies.map((policy) =>
    simulatedPlot(
      policy,
      compared.map(({ configuration, result }) => ({
        configuration,
        waits: result.policies.find((entry) => entry.policy === policy)?.waits ?? [],
      })),
    ),
  );
  return html`<p>The jobs of a run as they were submitted, with their allocated cores and measured run times, scheduled exactly on one machine of as many equal cores. The live cluster has nodes, daemons and their delays; the simulation has none. Ties: ${compared[0]?.result.tieRule ?? ""}. The estimate of a job is its time limit as the scheduler rounded it, or its run time where that is longer.</p>
${figure(
  [legend(compared.map(({ configuration }) => configuration)), grid(drawings)],
  `Wait of each job, live against simulated, in the run of median makespan. Above the diagonal the job waited longer live.${sampled}`,
)}
${table({
  caption: "Live and simulated schedules of the same jobs",
  columns: [
    { head: "configuration" },
    { head: "simulated as" },
    { head: "makespan live", unit: "s", numeric: true },
    { head: "simulated", unit: "s", numeric: true },
    { head: "mean wait live", unit: "s", numeric: true },
    { head: "simulated", unit: "s", numeric: true },
    { head: "bounded slowdown live", numeric: true },
    { head: "simulated", numeric: true },
  ],
  rows: compared.flatMap(({ configuration, result }) =>
    result.policies.map(({ policy, live, simulated }) => [
      { text: named(configuration), value: configuration.label },
      { text: policy },
      ...(["makespan", "mean_wait", "mean_bounded_slowdown"] as const).flatMap((name) => [
        numberCell(live[name], name === "makespan" ? 1 : 2),
        numberCell(simulated[name], name === "makespan" ? 1 : 2),
      ]),
    ]),
  ),
  notes:
    skipped > 0
      ? [
          `${count(skipped, "job")} left out: ${skipped === 1 ? "it does" : "they do"} not count, or ran 0 s`,
        ]
      : [],
})}
${table({
  caption: "Start of a job, live − simulated",
  columns: [
    { head: "configuration" },
    { head: "simulated as" },
    { head: "mean", unit: "s", numeric: true },
    { head: "median", unit: "s", numeric: true },
    { head: "95th percentile", unit: "s", numeric: true },
    { head: "largest", unit: "s", numeric: true },
  ],
  rows: compared.flatMap(({ configuration, result }) =>
    result.policies.map(({ policy, deviation }) => [
      { text: named(configuration), value: configuration.label },
      { text: policy },
      ...[deviation.mean, deviation.median, deviation.p95, deviation.max].map((value) =>
        numberCell(value, 2),
      ),
    ]),
  ),
})}`;
}
