/** `fixed`: given once, in a given form. `entry`: one of a list, in a given form. `text`: prose. */
export type LabelKind = "fixed" | "entry" | "text" | "other";

/** The labels that the standard defines. */
const predefined: ReadonlyMap<string, LabelKind> = new Map([
  ["Version", "fixed"],
  ["Computer", "text"],
  ["Installation", "text"],
  ["Acknowledge", "text"],
  ["Information", "text"],
  ["Conversion", "text"],
  ["MaxJobs", "fixed"],
  ["MaxRecords", "fixed"],
  ["Preemption", "fixed"],
  ["UnixStartTime", "fixed"],
  ["TimeZone", "fixed"],
  ["TimeZoneString", "fixed"],
  ["StartTime", "fixed"],
  ["EndTime", "fixed"],
  ["MaxNodes", "fixed"],
  ["MaxProcs", "fixed"],
  ["MaxRuntime", "fixed"],
  ["MaxMemory", "fixed"],
  ["AllowOveruse", "fixed"],
  ["MaxQueues", "fixed"],
  ["Queues", "text"],
  ["Queue", "entry"],
  ["MaxPartitions", "fixed"],
  ["Partitions", "text"],
  ["Partition", "entry"],
  ["Note", "text"],
]);
const spellings = new Map([...predefined.keys()].map((name) => [plain(name), name]));

/** `Max Procs` and `max_procs` are MaxProcs. */
function plain(label: string): string {
  return label.toLowerCase().replace(/[\s_-]/g, "");
}

export function predefinedLabel(name: string): LabelKind {
  return predefined.get(name) ?? "other";
}

export interface Label {
  /** As the standard writes it, where it defines it. */
  readonly name: string;
  readonly kind: LabelKind;
  readonly written: string;
  /** Place of the colon. */
  readonly end: number;
}

/** The label that a comment's text starts with, or null for prose and for `http://…`. */
export function labelOf(text: string): Label | null {
  const match = /^([A-Za-z][\w -]*?)[ \t]*:/.exec(text);
  const written = match?.[1];
  if (match === null || written === undefined) return null;
  const end = match[0].length - 1;
  const name = spellings.get(plain(written));
  if (name !== undefined) return { name, kind: predefinedLabel(name), written, end };
  const isWord = !/[ -]/.test(written) && /^(\s|$)/.test(text.slice(end + 1));
  return isWord ? { name: written, kind: "other", written, end } : null;
}
