import { suggestion } from "../../problems";
import type { ChangedText } from "../site-config";
import { type ConfigLine, type ConfigPair, configLines, includedFiles } from "./config-lines";

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

/**
 * A slurm.conf with one parameter changed: `SchedulerParameters=bf_window=2880`, or of a node or partition
 * `PartitionName=gpu:MaxTime=2-0`. Names count whatever their case. Where a parameter is there more than
 * once, slurmctld takes the last one, so that this one is changed; where it is not, a line is added. Of the
 * parameters that are lists of keys, only the keys that are named change; `-key` takes one away.
 */
export function withParameter(text: string, assignment: string): ChangedText {
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
  const found = lines.flatMap(({ pairs }) => pairs).findLast((pair) => names(pair, name));
  const [included] = includedFiles(text);
  if (found === undefined && included !== undefined) {
    return refused(
      `${name} is not in this file and may be in ${included}, which it includes: change it in a copy`,
    );
  }
  if (found !== undefined) return { text: replaced(text, found, value) };
  const end = text === "" || text.endsWith("\n") ? "" : lineBreak(text);
  return { text: `${text}${end}${name}=${written(merged("", name, value))}${lineBreak(text)}` };
}

/** `gpu:MaxTime=2-0` in the line of that name. */
function inEntry(text: string, entry: string, selected: string): ChangedText {
  const [, which = "", key, value = ""] = /^([^:=]+):([A-Za-z]\w*)=(.*)$/s.exec(selected) ?? [];
  if (key === undefined) {
    return refused(
      `a ${entry} has a line of its own: name it with the key to change, such as ${entry}=NAME:KEY=VALUE`,
    );
  }
  const all = configLines(text).filter(({ pairs: [first] }) => names(first, entry));
  const own = all.filter(({ pairs: [first] }) => first.value === which);
  const line = own.findLast(({ pairs }) => pairs.some((pair) => names(pair, key))) ?? own.at(-1);
  if (line === undefined) {
    const known = [...new Set(all.map(({ pairs: [first] }) => first.value))];
    const near = suggestion(which, known) || ` (there are: ${known.join(", ") || "none"})`;
    return refused(`there is no ${entry}=${which}${near}`);
  }
  const found = line.pairs.findLast((pair) => names(pair, key));
  if (found !== undefined) return { text: replaced(text, found, value) };
  const { to } = line.pairs.at(-1) ?? line.pairs[0];
  return { text: `${text.slice(0, to)} ${key}=${written(value)}${text.slice(to)}` };
}

function isEntry({ pairs: [first] }: ConfigLine): boolean {
  return entries.some((entry) => names(first, entry));
}

function names({ key }: ConfigPair, name: string): boolean {
  return key.toLowerCase() === name.toLowerCase();
}

function replaced(text: string, { key, value: now, from, to }: ConfigPair, value: string): string {
  return `${text.slice(0, from)}${written(merged(now, key, value))}${text.slice(to)}`;
}

/** The list that is there with the keys of the other one in place of its own, those that it lacks at its end. */
function merged(now: string, name: string, value: string): string {
  if (!merging.has(name.toLowerCase())) return value;
  const items = new Map<string, string>();
  for (const item of [now, value].flatMap((list) => list.split(",")).filter(Boolean)) {
    const [key = ""] = item.toLowerCase().split("=");
    if (key.startsWith("-")) items.delete(key.slice(1));
    else items.set(key, item);
  }
  return [...items.values()].join(",");
}

/** In quotes where it has blanks. */
function written(value: string): string {
  return /\s/.test(value) ? `"${value}"` : value;
}

function lineBreak(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}

function refused(reason: string): ChangedText {
  return { refused: reason };
}
