import * as Plot from "@observablehq/plot";
import type { Policy } from "../../simulate/policy";
import type { Configuration } from "../data/configuration";
import type { SimulatedRun } from "../data/simulated";
import { number, seconds } from "../format";
import type { Markup } from "../html";
import { smallDrawing } from "./drawing";
import { lookOf } from "./look";

/** For all configurations together; more marks would hide each other. */
export const maxPoints = 600;

export interface LiveWaits {
  readonly configuration: Configuration;
  readonly waits: SimulatedRun["waits"];
}

/** Each job's live wait against the simulated one; above the diagonal it waited longer live. */
export function simulatedPlot(policy: Policy, all: readonly LiveWaits[]): Markup {
  const total = all.reduce((sum, { waits }) => sum + waits.length, 0);
  const every = Math.max(1, Math.ceil(total / maxPoints));
  const greatest = all
    .flatMap(({ waits }) => waits.flatMap(({ live, simulated }) => [live, simulated]))
    .reduce((most, value) => Math.max(most, value), 1);
  const domain = [0, greatest];
  const tickFormat = (tick: number) => number(tick, greatest < 5 ? 1 : 0);
  return smallDrawing(`live wait against the wait simulated under ${policy}, job by job`, () => ({
    height: 300,
    marginRight: 24,
    x: { label: `wait simulated, ${policy} (s)`, domain, nice: true, ticks: 4, tickFormat },
    y: { label: "wait live (s)", domain, nice: true, ticks: 5, tickFormat },
    grid: true,
    marks: [
      Plot.line(
        domain.map((end) => [end, end]),
        { stroke: "var(--muted)", strokeDasharray: "4 3" },
      ),
      ...all.map(({ configuration, waits }) => {
        const { colour, symbol } = lookOf(configuration);
        return Plot.dot(
          waits.filter((_, index) => index % every === 0),
          {
            x: "simulated",
            y: "live",
            r: 3.5,
            symbol,
            stroke: colour,
            title: ({ job, live, simulated }: SimulatedRun["waits"][number]) =>
              `${configuration.label}, job ${job}\nlive ${seconds(live)}, ${policy} ${seconds(simulated)}`,
          },
        );
      }),
    ],
  }));
}
