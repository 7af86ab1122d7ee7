import type { SiteProblem } from "../../site-problem";
import { recordOf, type SiteRecord } from "./conf";
import { type Including, readLines } from "./lines";

/** A switch or block of topology.conf, or a line of gres.conf. */
export interface ReadTable {
  readonly records: readonly SiteRecord[];
  readonly problems: readonly SiteProblem[];
}

/** Keys with which the lines of each file begin, in lower case. */
const beginnings = {
  "topology.conf": ["switchname", "blockname", "blocksizes"],
  "gres.conf": ["nodename", "name", "autodetect"],
} as const;

/**
 * topology.conf or gres.conf: a line with another beginning is a problem. In gres.conf a line that names no
 * nodes holds of all of them; then the record's name is empty and `name` one of its fields.
 */
export function readTable(
  file: keyof typeof beginnings,
  text: string,
  including?: Including,
): ReadTable {
  const { lines, problems } = readLines(file, text, including);
  const found: SiteProblem[] = [...problems];
  const records = lines.flatMap((line): SiteRecord[] => {
    const key = line.pairs[0]?.key ?? "";
    const known: readonly string[] = beginnings[file];
    if (!known.includes(key.toLowerCase())) {
      found.push({
        file: line.file,
        line: line.line,
        key,
        message: `expected a line that begins with ${known.join(", ")}`,
      });
      return [];
    }
    const nameless = file === "gres.conf" && key.toLowerCase() !== "nodename";
    const whole = nameless
      ? { ...line, pairs: [{ key: "NodeName", value: "", adds: false }, ...line.pairs] }
      : line;
    return [recordOf(whole, found)];
  });
  return { records, problems: found };
}
