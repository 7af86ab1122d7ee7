import { suggestion } from "../../problems";
import type { ChangedTexts, ConfigTexts } from "../site-config";
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

/** A text with the change, the reason why there is none, or that it would belong elsewhere: absent. */
type InOne = { readonly text: string } | { readonly refused: string } | { readonly absent: string };

/**
 * A slurm.conf with one parameter changed: `SchedulerParameters=bf_window=2880`, or of a node or partition
 * `PartitionName=gpu:MaxTime=2-0`, in the file that has it. Names count whatever their case. Where a
 * parameter is in one file more than once, slurmctld takes the last one, so that this one is changed; where
 * it is in none, the main file gets a line. Of the parameters that are lists of keys, only the keys that are
 * named change; `-key` takes one away.
 */
export function withParameter(texts: ConfigTexts, assignment: string): ChangedTexts {
  const files = [["", texts.text] as const, ...Object.entries(texts.included)];
  const changed = files.flatMap(([name, text]) => {
    const result = inOne(text, assignment);
    return "text" in result ? [{ name, text: result.text }] : [];
  });
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
  const end = text === "" || text.endsWith("\n") ? "" : lineBreak(text);
  return `${text}${end}${name}=${written(merged("", name, value))}${lineBreak(text)}`;
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
  const found = lines.flatMap(({ pairs }) => pairs).findLast((pair) => names(pair, name));
  return found === undefined ? { absent: "" } : { text: replaced(text, found, value) };
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
  const own = all.filter(({ pairs: [first] }) => first.value === which);
  const line = own.findLast(({ pairs }) => pairs.some((pair) => names(pair, key))) ?? own.at(-1);
  if (line === undefined) {
    const known = [...new Set(all.map(({ pairs: [first] }) => first.value))];
    const near = suggestion(which, known) || ` (there are: ${known.join(", ") || "none"})`;
    return { absent: `there is no ${entry}=${which}${near}` };
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

function refused(reason: string): { readonly refused: string } {
  return { refused: reason };
}
