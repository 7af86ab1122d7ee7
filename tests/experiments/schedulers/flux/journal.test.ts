import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parseJournalLine, readJournal } from "../../../../experiments/schedulers/flux/events";
import { unusableNodes } from "../../../../experiments/schedulers/flux/nodes";
import {
  accountedJobs,
  exitCodeOf,
  momentsOf,
  outcomeOf,
  queuedJobs,
} from "../../../../experiments/schedulers/flux/outcome";

/** What journal.py printed on a live cluster of flux-core 0.88. */
const journal = readFileSync(path.join(__dirname, "journal.jsonl"), "utf8");
const run = "20261121T233000Z-k3f9qa";

function jobs() {
  const told = readJournal(journal);
  if (told === null) throw new Error("the journal is cut off");
  return new Map(told.map((job) => [job.name.split("-").slice(3).join("-"), job]));
}

function outcome(name: string) {
  const job = jobs().get(name);
  if (job === undefined) throw new Error(`no job ${name}`);
  return outcomeOf(1, job);
}

describe("the journal's jobs", () => {
  test.each([
    ["1-1", { state: "completed", exitCode: 0, nodes: ["node01", "node02"], allocatedCores: 4 }],
    ["2-1", { state: "failed", exitCode: 7 }],
    ["3-1", { state: "cancelled", exitCode: null }],
    ["4-1", { state: "cancelled", exitCode: null, nodes: [], allocatedCores: null }],
    ["5-1", { state: "timeout", exitCode: null }],
    ["6-1", { state: "node-failed", exitCode: null }],
  ])("%s ended as it did", (name, expected) => {
    expect(outcome(name)).toMatchObject(expected);
  });

  test("of which one cannot start any more for its dependency was cancelled", () => {
    const waited = jobs().get("4-1");
    if (waited === undefined) throw new Error("no such job");
    const exception = { type: "dependency", note: "can never be satisfied" };
    expect(outcomeOf(1, { ...waited, exception })).toMatchObject({
      state: "cancelled",
      detail: "dependency: can never be satisfied",
    });
  });

  test("have their moments in order, to the microsecond, and none of what did not happen", () => {
    const [first, waited] = [jobs().get("1-1"), jobs().get("4-1")];
    if (first === undefined || waited === undefined) throw new Error("no such job");
    const moments = momentsOf(1, first);
    expect(moments.map(({ event }) => event)).toEqual(["submit", "eligible", "start", "end"]);
    expect(moments.map(({ at }) => at).toSorted()).toEqual(moments.map(({ at }) => at));
    expect(momentsOf(4, waited).map(({ event }) => event)).toEqual(["submit", "eligible", "end"]);
  });

  test("are in the queue until they are clean", () => {
    expect(queuedJobs(readJournal(journal) ?? [])).toEqual([
      { schedulerJob: expect.stringMatching(/^f/), user: "user02", run, job: 7, state: "RUN" },
    ]);
  });

  test("are accounted for with the identity of their submission", () => {
    const accounted = accountedJobs(readJournal(journal) ?? [], run);
    expect(accounted.map(({ submission }) => submission)).toEqual(
      [1, 2, 3, 4, 5, 6, 7].map((job) => `schedlab-${run}-${job}-1`),
    );
    expect(accountedJobs(readJournal(journal) ?? [], "20261121T233000Z-other1")).toEqual([]);
  });
});

test("a journal that does not reach the present is cut off", () => {
  expect(readJournal(journal.replace(/^null$/m, ""))).toBeNull();
});

test.each(["", "{", '{"job":1}', "[]"])("the line %j is none of the journal's", (line) => {
  expect(parseJournalLine(line)).toBeNull();
});

test.each([
  [null, null],
  [0, 0],
  [7 << 8, 7],
  [15, 143],
])("the status %j is the exit code %j", (status, code) => {
  expect(exitCodeOf(status)).toBe(code);
});

test("nodes that take no jobs are named with the reason", () => {
  const lines = ["up node01", "drained node02 f3SmKjqpj terminated before first barrier"];
  expect(unusableNodes(lines, ["node01", "node02", "node03"])).toEqual([
    { name: "node02", why: "drained (f3SmKjqpj terminated before first barrier)" },
    { name: "node03", why: "down" },
  ]);
});
