import { html, type Markup } from "../../html";
import { missing } from "../../table";
import { type CampaignData, isCompared } from "../data/campaign";
import type { ComparedWorkload } from "../data/compared";

/** The same for each workload, under its name where there are several; else the reason why there is none. */
export function byWorkload(
  { workloads }: CampaignData,
  of: (workload: ComparedWorkload) => Markup,
): Markup {
  if (workloads.length === 0) return missing("Comparison", "no run can be compared");
  return html`${workloads.map((workload) => {
    const title = workloads.length > 1 ? html`<h3>On ${workload.label}</h3>` : "";
    return isCompared(workload)
      ? html`${title}${of(workload)}\n`
      : html`${title}${missing("Comparison", workload.reason)}\n`;
  })}`;
}
