import { objectives } from "../../../pareto/objectives";
import { html, type Markup } from "../../html";
import { objectiveWords } from "../data/objectives";

const terms: readonly (readonly [string, string])[] = [
  [
    "Tuple",
    "one combination of the values of the campaign's axes: the whole configuration of a run.",
  ],
  ["System", "a tuple without its workload: topology, scheduler with its policy, image."],
  [
    "Workload and job list",
    "a workload is what jobs are drawn from, a trace or a model with its settings; a job list is one draw of it, by a seed or a resample.",
  ],
  [
    "Dominates, front",
    "no worse in any objective and better in at least one. The front holds what nothing dominates.",
  ],
  [
    "Bootstrap",
    "each resample draws as many job lists as there are, with replacement and the same ones for all systems of a workload, then as many repeats as each list has, and compares the means; fixed seed. With one job list only its repeats vary. Few repeats or lists give intervals that are too narrow. Davison and Hinkley, Bootstrap Methods, 1997, section 3.8.",
  ],
  [
    "Told apart together",
    "with intervals so wide that all comparisons of this report hold at once with 95 %. What is told apart alone is so at 95 % for itself: among many comparisons of equal systems, one in twenty is, by chance.",
  ],
  [
    "Main effect",
    "of a value of an axis: the mean of the objective over all tuples with that value less the grand mean; in a design that is not full, the coefficient of the additive model, fitted by least squares with effects of an axis that add up to 0. Searle, Linear Models, 1971.",
  ],
];

const objectiveText = `${objectives.map((name) => `${name}: ${objectiveWords[name].label}`).join("; ")}. Bound: what no schedule of the same jobs can beat. θᵤ, θₒ: cores lacking and cores too many relative to the demand (Herbst, Kounev, Reussner, ICAC 2013); elasticity is an objective only where the supply could change. Less is better in each.`;

export function definitionsSection(): Markup {
  return html`<section id="definitions"><h2>Definitions</h2>
<dl>${[...terms, ["Objectives", objectiveText] as const].map(([term, meaning]) => html`<dt>${term}</dt><dd>${meaning}</dd>\n`)}</dl></section>`;
}
