import { clockFactorOf, clockText } from "../../clock";
import { emulationText, isEmulated } from "../../emulation";
import { count, listText } from "../format";
import { type CampaignData, isCompared } from "./data/campaign";

/** What cannot be claimed and why, in sentences. */
export function limitsOf(data: CampaignData): string[] {
  const { campaign, comparable, groups, scaled, tuples, differences } = data;
  const several = groups.workloads.length > 1;
  const limited = tuples
    .flatMap((tuple) => tuple.runs)
    .filter(({ harnessLimited }) => harnessLimited).length;
  const { unplanned } = campaign;
  const emulated = tuples.some(({ spec }) => isEmulated(spec));
  const clock = clockText(tuples.map(({ spec }) => clockFactorOf(spec)));
  const said = (condition: boolean, text: string) => (condition ? [text] : []);
  return [
    ...said(emulated, emulationText(groups.systems.map(({ kind }) => kind))),
    ...(clock === null ? [] : [clock]),
    ...said(
      several,
      "Systems are compared on the same workload only: figures of different workloads are not set against each other.",
    ),
    ...omissionsText(data).map(sentence),
    ...said(
      comparable.unequal.length > 0,
      `Compared under unequal conditions, as asked for with --allow-unequal: runs differ in ${comparable.unequal.join(", ")}. A difference may come from these.`,
    ),
    ...said(
      scaled.length > 0,
      `The job lists of one draw${several ? ` of ${listText(scaled)}` : ""} are not the same on all systems, as where sizes of jobs are fitted to the machine: a difference between systems includes that.`,
    ),
    ...said(
      differences.pairsLeftOut > 0,
      `There are many systems: ${count(differences.pairsLeftOut, "pair")} that ${differences.pairsLeftOut === 1 ? "differs" : "differ"} in more than one axis ${differences.pairsLeftOut === 1 ? "is" : "are"} not compared.`,
    ),
    ...said(
      limited > 0,
      `In ${count(limited, "run")} the harness, not the scheduler, set the pace of submission.`,
    ),
    ...said(
      unplanned > 0,
      `${count(unplanned, "completed run")} of tuples or repeats that the plan no longer has ${unplanned === 1 ? "is" : "are"} not in this report.`,
    ),
    `How far the random order of the runs was kept: ${campaign.orderKept}.`,
  ];
}

/** What is left out of all workloads once, the rest by workload. */
function omissionsText({ workloads }: CampaignData): string[] {
  const compared = workloads.filter(isCompared);
  const found = new Map<string, string[]>();
  for (const { label, omissions } of compared) {
    for (const omission of omissions) {
      found.set(omission, [...(found.get(omission) ?? []), label]);
    }
  }
  return [...found].map(([omission, labels]) =>
    labels.length === compared.length ? omission : `on ${listText(labels)}, ${omission}`,
  );
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith(".") ? "" : "."}`;
}
