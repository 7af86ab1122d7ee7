import type { Change } from "../../changes";
import type { EmulatedNodes } from "../emulated";
import { fileChanges, type SiteLayout } from "./layout";
import { nodeChanges } from "./nodes";
import { sitePartitions } from "./partitions";
import { siteSettings } from "./settings";

/** slurm.conf of a site on this cluster, line by line, and all that is otherwise in its files. */
export function siteConfiguration(
  layout: SiteLayout,
  ours: readonly (readonly [key: string, value: string | number])[],
  { nodes, nodeLines, gresLines }: Pick<EmulatedNodes, "nodes" | "nodeLines" | "gresLines">,
): { readonly lines: readonly string[]; readonly changes: readonly Change[] } {
  const { site } = layout;
  const settings = siteSettings(site, ours);
  const partitions = sitePartitions(site, layout.nodes, new Set(nodes.map(({ name }) => name)));
  return {
    lines: [
      ...settings.settings.map(([key, value]) => `${key}=${written(value)}`),
      ...nodeLines,
      ...partitions.lines,
    ],
    changes: [
      ...settings.changes,
      ...nodeChanges(site, layout.nodes, nodes, nodeLines),
      ...partitions.changes,
      ...fileChanges(layout, gresLines),
    ],
  };
}

/** A value with spaces, or a sign that would begin a comment, is quoted. */
function written(value: string | number): string {
  const text = String(value);
  return /[\s#]/.test(text) ? `"${text}"` : text;
}
