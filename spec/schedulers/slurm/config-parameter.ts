import { suggestion } from "../../problems";
import type { ChangedTexts, ConfigTexts } from "../site-config";
import { type ConfigLine, type ConfigPair, configLines, includedFiles } from "./config-lines";
import { addsUp } from "./site/conf";
import { printValue } from "./site/lines";

/** Each of their lines is one thing of many, and the other keys on it belong to that thing. */
const entries = ["NodeName", "PartitionName", "NodeSet", "FrontendName", "DownNodes"];
/** There may be several, so that it is not known which one is meant. */
const repeated = ["Include", "SlurmctldHost"];

/** Comma lists of `key=value` and flags, of which an assignment changes what it names and leaves the rest. */
const merging = new Set(
  ["SchedulerParameters", "SlurmctldParameters", "SlurmdParameters", "PreemptParameters"]
    .concat(["PriorityWeightTRES", "TRESBillingWeights"])
    .map((name) => name.toLowerCase()),
);

/** A text with the change, the reason why there is none, or that it would belong elsewhere: absent. */
type InOne = { readonly text: string } | { readonly refused: string } | { readonly absent: string };

/**
 * A slurm.conf with one parameter changed: `SchedulerParameters=bf_window=2880`, or of a node or partition
 * `PartitionName=gpu:MaxTime=2-0`, in the file that has it. Names count whatever their case. Where a
 * parameter is in one file more than once, slurmctld takes the last one, so that this one is changed; where
 * it is in none, the main file gets a line. Of the parameters that are lists of keys, only the keys that are
 * named change, in the line that has them, which may be one with `+=`; `-key` takes one away.
 */
export function withParameter(texts: ConfigTexts, assignment: string): ChangedTexts {
  const files = [["", texts.text] as const, ...Object.entries(texts.included)];
  const results = files.map(([name, text]) => ({ name, ...inOne(text, assignment) }));
  const wrong = results.find((result) => "refused" in result);
  if (wrong !== undefined) return refused(wrong.refused);
  const changed = results.filter((result) => "text" in result);
  const [first, second] = changed;
  if (first !== undefined && second !== undefined) {
    return refused(
      `${parameterOf(assignment)} is in several of the files: ${second.name} and another`,
    );
  }
  if (first !== undefined) {
    return first.name === ""
      ? { ...texts, text: first.text }
      : { ...texts, included: { ...texts.included, [first.name]: first.text } };
  }
  const all = inOne(files.map(([, text]) => text).join("\n"), assignment);
  if ("refused" in all) return all;
  const unseen = files
    .flatMap(([, text]) => includedFiles(text))
    .find((file) =>
      [file, file.split("/").at(-1) ?? ""].every((name) => texts.included[name] === undefined),
    );
  if (unseen !== undefined) {
    return refused(`${parameterOf(assignment)} may be in ${unseen}, which is not there to be read`);
  }
  if ("absent" in all && all.absent !== "") return refused(all.absent);
  return { ...texts, text: withLine(texts.text, assignment) };
}

function parameterOf(assignment: string): string {
  return assignment.split("=")[0] ?? assignment;
}

function withLine(text: string, assignment: string): string {
  const [name = "", value = ""] = assignment.split(/=(.*)/s);
  const fresh = ofAbsent(name, value);
  if (fresh === null) return text;
  const end = text === "" || text.endsWith("\n") ? "" : lineBreak(text);
  return `${text}${end}${name}=${printValue(fresh)}${lineBreak(text)}`;
}

function inOne(text: string, assignment: string): InOne {
  const [, name, value] = /^([A-Za-z]\w*)=(.*)$/s.exec(assignment) ?? [];
  if (name === undefined || value === undefined) {
    return refused(`"${assignment}" is no NAME=VALUE of the configuration file`);
  }
  if (/[\r\n#"]/.test(value)) return refused(`the value of ${name} has a quote, # or line break`);
  const entry = entries.find((one) => one.toLowerCase() === name.toLowerCase());
  if (entry !== undefined) return inEntry(text, entry, value);
  if (repeated.some((one) => one.toLowerCase() === name.toLowerCase())) {
    return refused(`${name} may be there several times: change it in a copy of the file`);
  }
  const lines = configLines(text).filter((line) => !isEntry(line));
  const all = lines.flatMap(({ pairs }) => pairs).filter((pair) => names(pair, name));
  const base = all.findLastIndex((pair) => !addsUp(pair));
  const counting = all.slice(Math.max(0, base));
  const [found, second] = counting;
  if (found === undefined) return { absent: "" };
  if (second !== undefined && !isMerged(name)) {
    return refused(`${name} is there several times, and all of its values count`);
  }
  return { text: replaced(text, counting, value) };
}

/** `gpu:MaxTime=2-0` in the line of that name. */
function inEntry(text: string, entry: string, selected: string): InOne {
  const [, which = "", key, value = ""] = /^([^:=]+):([A-Za-z]\w*)=(.*)$/s.exec(selected) ?? [];
  if (key === undefined) {
    return refused(
      `a ${entry} has a line of its own: name it with the key to change, such as ${entry}=NAME:KEY=VALUE`,
    );
  }
  const all = configLines(text).filter(({ pairs: [first] }) => names(first, entry));
  const own = all.filter(({ pairs: [first] }) => first?.value === which);
  const line = own.findLast(({ pairs }) => pairs.some((pair) => names(pair, key))) ?? own.at(-1);
  if (line === undefined) {
    const known = [...new Set(all.flatMap(({ pairs: [first] }) => first?.value ?? []))];
    const near = suggestion(which, known) || ` (there are: ${known.join(", ") || "none"})`;
    return { absent: `there is no ${entry}=${which}${near}` };
  }
  const found = line.pairs.findLast((pair) => names(pair, key));
  if (found !== undefined) return { text: replaced(text, [found], value) };
  const fresh = ofAbsent(key, value);
  if (fresh === null) return { text };
  const to = line.pairs.at(-1)?.to ?? text.length;
  return { text: `${text.slice(0, to)} ${key}=${printValue(fresh)}${text.slice(to)}` };
}

function isEntry({ pairs: [first] }: ConfigLine): boolean {
  return entries.some((entry) => names(first, entry));
}

function names(pair: ConfigPair | undefined, name: string): boolean {
  return pair?.key.toLowerCase() === name.toLowerCase();
}

function isMerged(name: string): boolean {
  return merging.has(name.toLowerCase());
}

/** With the value in place of the only pair's; a list of keys is merged into all of the pairs together. */
function replaced(text: string, pairs: readonly ConfigPair[], value: string): string {
  const lists = pairs.map((pair) => pair.value);
  const isList = pairs.some(({ key }) => isMerged(key));
  const values = isList ? mergedInto(lists, value) : lists.map(() => value);
  // From the end, so that the places before it stay the same.
  return pairs.reduceRight((before, pair, index) => {
    const after = values[index] ?? pair.value;
    if (after === pair.value) return before;
    const { from, to } = pair;
    // Quotes stay: another pair may follow them without a blank.
    const written = before[from] === '"' ? `"${after}"` : printValue(after);
    return `${before.slice(0, from)}${written}${before.slice(to)}`;
  }, text);
}

/** The value of a parameter that was not there; null where it was to lose a key, so that nothing changes. */
function ofAbsent(name: string, value: string): string | null {
  if (!isMerged(name)) return value;
  const [list = ""] = mergedInto([""], value);
  return list === "" ? null : list;
}

/**
 * The lists that are there, which count together, with each key of the other one in its first place now, and in no
 * other; a key that none has is at the end of the last.
 */
function mergedInto(lists: readonly string[], value: string): string[] {
  return itemsOf(value).reduce(
    (all, written) => {
      const item = written.trim();
      const goes = item.startsWith("-");
      const key = keyOf(goes ? item.slice(1) : item);
      const first = all.findIndex((list) => itemsOf(list).some((one) => keyOf(one) === key));
      const place = first === -1 ? all.length - 1 : first;
      return all.map((list, index) => withItems(list, key, index === place && !goes ? [item] : []));
    },
    [...lists],
  );
}

/** A list with other items in the place of those of a key, or else at its end. */
function withItems(list: string, key: string, others: readonly string[]): string {
  const now = itemsOf(list);
  const at = now.findIndex((one) => keyOf(one) === key);
  if (at !== -1) {
    const rest = now.filter((one) => keyOf(one) !== key);
    return rest.toSpliced(at, 0, ...others).join(",");
  }
  return others.length === 0 ? list : [...now, ...others].join(",");
}

function itemsOf(list: string): string[] {
  return list.split(",").filter((item) => item.trim() !== "");
}

/** Names count whatever their case. */
function keyOf(item: string): string {
  const [key = ""] = item.split("=");
  return key.trim().toLowerCase();
}

function lineBreak(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}

function refused(reason: string): { readonly refused: string } {
  return { refused: reason };
}
