import { html, type Markup } from "../../html";
import { claimsOf } from "../claims";
import type { CampaignData } from "../data/campaign";

/** In words, before any figure. */
export function claimsSection(data: CampaignData): Markup {
  const { measured, byWorkload, limits } = claimsOf(data);
  const several = byWorkload.length > 1;
  return html`<section id="claims"><h2>What can be claimed</h2>
<p>${measured.join(" ")}</p>
${byWorkload.map(({ label, sentences }) => html`<p>${several ? html`<strong>On ${label}.</strong> ` : ""}${sentences.join(" ")}</p>\n`)}
${limits.length === 0 ? "" : html`<h3>What limits this</h3><ul class="limits">${limits.map((limit) => html`<li>${limit}</li>`)}</ul>`}</section>`;
}
