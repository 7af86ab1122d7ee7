import { html, type Markup } from "../../html";
import { claimsOf } from "../claims";
import type { CampaignData } from "../data/campaign";

/** In words, before any figure. */
export function claimsSection(data: CampaignData): Markup {
  const { opening, byWorkload, limits } = claimsOf(data);
  const several = byWorkload.length > 1;
  return html`<section id="claims"><h2>What can be claimed</h2>
<p>${opening.join(" ")}</p>
${byWorkload.map(
  ({ label, front, told }) =>
    html`${several ? html`<h3>On ${label}</h3>` : ""}<p>${front}</p>${items(told)}\n`,
)}
${limits.length === 0 ? "" : html`<h3>What limits this</h3>${items(limits)}`}</section>`;
}

function items(sentences: readonly string[]): Markup | "" {
  if (sentences.length === 0) return "";
  return html`<ul class="claims">${sentences.map((sentence) => html`<li>${sentence}</li>`)}</ul>`;
}
