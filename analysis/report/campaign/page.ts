import { count } from "../format";
import { html } from "../html";
import { dateText, shell } from "../shell";
import type { CampaignData } from "./data/campaign";
import { claimsSection } from "./sections/claims";
import { definitionsSection } from "./sections/definitions";
import { differencesSection } from "./sections/differences";
import { frontSection } from "./sections/front";
import { hypervolumeSection } from "./sections/hypervolume";
import { runsSection } from "./sections/runs";
import { sensitivitySection } from "./sections/sensitivity";
import { simulatedSection } from "./sections/simulated";
import { tuplesSection } from "./sections/tuples";

/** The first page of a campaign's report, as one HTML file that loads nothing. */
export function campaignPage(data: CampaignData): string {
  const { campaign, generatedAt } = data;
  const head = html`<p>${count(campaign.tuples.length, "tuple")}, made ${dateText(generatedAt)}. Drawings by Observable Plot.</p>`;
  return shell(`schedlab report: campaign ${campaign.name}`, head, [
    { id: "claims", name: "What can be claimed", body: claimsSection(data) },
    { id: "tuples", name: "Tuples", body: tuplesSection(data) },
    { id: "front", name: "Pareto front", body: frontSection(data) },
    { id: "hypervolume", name: "Hypervolume", body: hypervolumeSection(data) },
    { id: "differences", name: "Paired differences", body: differencesSection(data) },
    { id: "sensitivity", name: "Sensitivity", body: sensitivitySection(data) },
    { id: "simulated", name: "Live against simulated", body: simulatedSection(data) },
    { id: "runs", name: "Runs", body: runsSection(data) },
    { id: "definitions", name: "Definitions", body: definitionsSection() },
  ]);
}
