import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { jobName, parseJobName } from "../../../../experiments/schedulers/job-name";
import {
  parseCompletion,
  parseExit,
  parseFields,
  parseTime,
} from "../../../../experiments/schedulers/slurm/completion";
import { expandHostlist, expandNodeCores } from "../../../../experiments/schedulers/slurm/hostlist";
import { unusableNodes } from "../../../../experiments/schedulers/slurm/nodes";
import { parseQueue } from "../../../../experiments/schedulers/slurm/queue";

const run = "20261122T000345Z-pw7h30";
/** As slurmctld 24.11.5 wrote it. */
const completed =
  `JobId=41 UserId=user02(20002) GroupId=user02(20002) Name=schedlab-${run}-40 JobState=COMPLETED ` +
  "Partition=nodes TimeLimit=1 StartTime=2026-11-22T00:04:54 EndTime=2026-11-22T00:04:55 " +
  "NodeList=node01 NodeCnt=1 ProcCnt=1 WorkDir=/ ReservationName= " +
  "Tres=cpu=1,mem=896M,node=1,billing=1 Account= QOS= WcKey= Cluster=unknown " +
  "SubmitTime=2026-11-22T00:04:11 EligibleTime=2026-11-22T00:04:11 DerivedExitCode=0:0 ExitCode=0:0 ";

describe("a line of the completion log", () => {
  test("gives the job's final word and its moments, in whole seconds", () => {
    const at = (clock: string) => Date.parse(`2026-11-22T${clock}Z`);
    expect(parseCompletion(completed)).toEqual({
      run,
      outcome: {
        job: 40,
        schedulerJob: "41",
        state: "completed",
        detail: "COMPLETED",
        exitCode: 0,
        nodes: ["node01"],
        allocatedCores: 1,
      },
      moments: [
        { job: 40, schedulerJob: "41", event: "submit", at: at("00:04:11") },
        { job: 40, schedulerJob: "41", event: "eligible", at: at("00:04:11") },
        { job: 40, schedulerJob: "41", event: "start", at: at("00:04:54") },
        { job: 40, schedulerJob: "41", event: "end", at: at("00:04:55") },
      ],
    });
  });

  test("of a job that never started has no start and no nodes", () => {
    const line = completed
      .replace("COMPLETED", "CANCELLED")
      .replace("NodeList=node01", "NodeList=(null)");
    const record = parseCompletion(line);
    expect(record?.outcome).toMatchObject({ state: "cancelled", nodes: [], allocatedCores: null });
    expect(record?.moments.map((moment) => moment.event)).not.toContain("start");
  });

  test.each([
    ["TIMEOUT", "timeout"],
    ["NODE_FAIL", "node-failed"],
    ["OUT_OF_MEMORY", "out-of-memory"],
    ["PREEMPTED", "preempted"],
    ["SOMETHING_NEW", "failed"],
  ])("in state %s counts as %s, with Slurm's word kept", (word, state) => {
    const record = parseCompletion(completed.replace("COMPLETED", word));
    expect(record?.outcome).toMatchObject({ state, detail: word });
  });

  test("of a job that was cancelled or timed out has no exit code where it says 0", () => {
    for (const word of ["CANCELLED", "TIMEOUT"]) {
      const line = completed.replace("COMPLETED", word);
      expect(parseCompletion(line)?.outcome.exitCode).toBeNull();
      const killed = line.replace(" ExitCode=0:0", " ExitCode=0:15");
      expect(parseCompletion(killed)?.outcome.exitCode).toBe(143);
    }
  });

  test("of somebody else's job is passed over", () => {
    expect(parseCompletion(completed.replace(`schedlab-${run}-40`, "wrap"))).toBeNull();
  });

  test("that is damaged never throws", () => {
    fc.assert(
      fc.property(fc.nat(completed.length), fc.string(), (cut, junk) => {
        parseCompletion(completed.slice(0, cut) + junk);
        parseCompletion(junk + completed.slice(cut));
      }),
    );
  });

  test("is read field by field, blanks in values kept", () => {
    const key = fc.stringMatching(/^[A-Z][a-z]{1,8}$/);
    const value = fc.stringMatching(/^[a-z0-9=,()/:.-]{0,8}( [a-z0-9(]{1,5}){0,2}$/);
    fc.assert(
      fc.property(fc.dictionary(key, value, { noNullPrototype: true }), (fields) => {
        const line = Object.entries(fields)
          .map(([name, text]) => `${name}=${text}`)
          .join(" ");
        const trimmed = Object.entries(fields).map(([name, text]) => [name, text.trim()]);
        expect([...parseFields(line)].map(([name, text]) => [name, text.trim()])).toEqual(trimmed);
      }),
    );
  });
});

test.each([
  ["0:0", 0],
  ["3:0", 3],
  ["0:15", 143],
  ["1:9", 1],
  ["", null],
])("Slurm's exit code %s is %s", (text, code) => expect(parseExit(text)).toBe(code));

test.each(["Unknown", "None", "", "2026-11-22", "1970-01-01T00:00:00"])("%j is no time", (text) =>
  expect(parseTime(text)).toBeNull(),
);

describe("a host list", () => {
  test.each([
    ["node01", ["node01"]],
    ["node[01-03,07],gpu01", ["node01", "node02", "node03", "node07", "gpu01"]],
    ["r[1-2]n[08-10]", ["r1n08", "r1n09", "r1n10", "r2n08", "r2n09", "r2n10"]],
    ["node[098-101]", ["node098", "node099", "node100", "node101"]],
    ["(null)", []],
    ["None assigned", []],
    ["", []],
  ])("%s", (text, names) => expect(expandHostlist(text)).toEqual(names));

  test("without brackets is the names themselves", () => {
    const name = fc.stringMatching(/^[a-z]{1,5}\d{2}$/);
    fc.assert(
      fc.property(fc.array(name, { minLength: 1 }), (names) => {
        expect(expandHostlist(names.join(","))).toEqual(names);
      }),
    );
  });

  test("of a range is every number of it, as wide as its first", () => {
    fc.assert(
      fc.property(fc.nat(90), fc.nat(9), (low, more) => {
        const two = (value: number) => String(value).padStart(2, "0");
        const names = expandHostlist(`n[${two(low)}-${two(low + more)}]`);
        expect(names).toEqual(Array.from({ length: more + 1 }, (_, i) => `n${two(low + i)}`));
      }),
    );
  });
});

test("a job's name tells its run and number, and no other name does", () => {
  expect(parseJobName(jobName(run, 12))).toEqual({ run, job: 12, submission: 1 });
  expect(parseJobName(jobName(run, 12, 3))).toEqual({ run, job: 12, submission: 3 });
  for (const name of [
    "wrap",
    "schedlab-x-1",
    `schedlab-${run}-0`,
    `schedlab-${run}-1x`,
    `schedlab-${run}-1-0`,
    `schedlab-${run}-1-2-3`,
  ]) {
    expect(parseJobName(name)).toBeNull();
  }
});

test("the queue holds jobs that can still change, ours and others'", () => {
  const output = [
    `41|user02|RUNNING|schedlab-${run}-40`,
    `42|user02|COMPLETED|schedlab-${run}-41`,
    "43|root|PENDING|my|job",
    "",
  ].join("\n");
  expect(parseQueue(output)).toEqual([
    { schedulerJob: "41", user: "user02", state: "RUNNING", run, job: 40 },
    { schedulerJob: "43", user: "root", state: "PENDING", run: null, job: null },
  ]);
});

test("a node that is down, draining, not answering or unknown cannot be used", () => {
  const output =
    "node00|planned\nnode01|idle\nnode02|mixed\nnode03|down\nnode04|idle*\nnode05|drained\n";
  const names = ["node00", "node01", "node02", "node03", "node04", "node05", "node06"];
  expect(unusableNodes(output, names)).toEqual([
    { name: "node03", state: "down" },
    { name: "node04", state: "idle*" },
    { name: "node05", state: "drained" },
    { name: "node06", state: "unknown to slurmctld" },
  ]);
});

test("cores on the nodes of a job are expanded from Slurm's short form", () => {
  expect(expandNodeCores("2(x3),1")).toEqual([2, 2, 2, 1]);
  expect(expandNodeCores("16")).toEqual([16]);
  expect(expandNodeCores("")).toEqual([]);
});
