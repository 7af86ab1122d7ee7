import type { Command } from "commander";
import { isFileOut } from "./file-out";
import { wholeNumber } from "./whole-number";

export interface AnonymiseOptions {
  /** The file of the key. */
  readonly anonymise?: string;
  readonly anonymiseQueues?: boolean;
  readonly shiftWeeks?: number;
  readonly shiftCalendar?: boolean;
}

/** Ten years and more. */
const mostWeeks = 1000;

export function addAnonymise(command: Command): Command {
  return command
    .option(
      "--anonymise <keyfile>",
      "write --out with aliases for the names of users, groups, accounts, jobs and nodes, and look whether any name " +
        "is left; the key, which is made if the file does not exist, stays with you",
    )
    .option("--anonymise-queues", "also for those of partitions, QOS and constraints")
    .option(
      "--shift-weeks <number>",
      "with --anonymise: put all dates so many weeks back",
      wholeNumber(1, mostWeeks),
    )
    .option("--shift-calendar", "with --anonymise: by a secret number of weeks that the key gives");
}

/** The options, checked; undefined without --anonymise. */
export function anonymiseOf(
  { anonymise, anonymiseQueues, shiftWeeks, shiftCalendar }: AnonymiseOptions,
  out: string | undefined,
  command: Command,
): { keyFile: string; queues: boolean; weeks: number | "secret" } | undefined {
  if (anonymise === undefined) {
    const lonely = [
      ...(anonymiseQueues ? ["--anonymise-queues"] : []),
      ...(shiftWeeks === undefined ? [] : ["--shift-weeks"]),
      ...(shiftCalendar ? ["--shift-calendar"] : []),
    ];
    if (lonely.length > 0) command.error(`error: ${lonely[0]} needs --anonymise KEYFILE`);
    return undefined;
  }
  if (out === undefined || !isFileOut(out)) {
    command.error("error: --anonymise needs --out FILE: what is written is read again");
  }
  if (shiftWeeks !== undefined && shiftCalendar) {
    command.error("error: either --shift-weeks or --shift-calendar");
  }
  return {
    keyFile: anonymise,
    queues: anonymiseQueues ?? false,
    weeks: shiftCalendar ? "secret" : (shiftWeeks ?? 0),
  };
}
