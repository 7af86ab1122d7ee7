import type { NodeEventName, NodeEventRecord } from "../../store/elastic-record";
import type { RunRecord } from "../../store/record";
import { jobRecord, nodeRecord, type RunFixture, runRecord, startedAt } from "./run-fixture";

/** Milliseconds of a moment that is given in seconds from the run's start. */
const instant = (seconds: number) => startedAt + seconds * 1000;

export function nodeEvent(
  node: string,
  event: NodeEventName,
  seconds: number,
  detail: string | null = null,
): NodeEventRecord {
  return { node, event, at: instant(seconds), source: "harness", resolutionMs: 1, detail };
}

/** Of the default pool: one node of two cores at the start, at most four. */
export const elasticTopology = {
  nodes: {
    count: 1,
    elastic: { min: 1, max: 4, policy: { kind: "pressure" }, leaving: "finish" },
  },
  pools: {},
};

export function elasticRun(
  change: Partial<RunRecord> = {},
  topology: object = elasticTopology,
): RunRecord {
  const run = runRecord({ capacityCores: 8, plannedJobs: 3, failedJobs: 0, ...change });
  return { ...run, provenance: { ...run.provenance, specJson: JSON.stringify({ topology }) } };
}

/** Nodes that are away at the start have left before. */
export const stays: readonly NodeEventRecord[] = [
  nodeEvent("node02", "left", -3, "away at the start of the run"),
  nodeEvent("node03", "left", -3, "away at the start of the run"),
  nodeEvent("node04", "left", -3, "away at the start of the run"),
  nodeEvent("node02", "join-decided", 10.1),
  nodeEvent("node03", "join-decided", 10.1),
  nodeEvent("node04", "join-decided", 10.1),
  nodeEvent("node04", "given-up", 12, "not schedulable within 1.9 s"),
  nodeEvent("node02", "started", 13),
  nodeEvent("node03", "started", 13.5),
  nodeEvent("node02", "schedulable", 15),
  nodeEvent("node03", "schedulable", 15),
  nodeEvent("node02", "leave-decided", 35),
  nodeEvent("node03", "leave-decided", 35),
  nodeEvent("node02", "draining", 35.2),
  nodeEvent("node03", "draining", 35.2),
  nodeEvent("node02", "drained", 35.3),
  nodeEvent("node03", "drained", 35.3),
  nodeEvent("node03", "left", 40),
  nodeEvent("node02", "left", 45),
];

/**
 * A demand of 2, 6, 4, 0 and 2 cores from 0, 10, 20, 30 and 50 s until 60 s. Two nodes come at 15 s and
 * leave at 40 and 45 s; a third is given up.
 */
export const elasticFixture: RunFixture = {
  run: elasticRun(),
  nodes: [
    nodeRecord("controller", "controller", 2),
    ...[1, 2, 3, 4].map((number) =>
      nodeRecord(`node0${number}`, "compute", 2, { pool: "nodes", partitions: ["nodes"] }),
    ),
  ],
  jobs: [
    jobRecord(1, "user01", 2, [0, 0, 20]),
    jobRecord(2, "user02", 4, [10, 16, 30], { nodes: ["node02", "node03"] }),
    jobRecord(3, "user01", 2, [50, 50, 60]),
  ],
  events: [],
  samples: [],
  nodeEvents: stays,
  supply: [
    { seconds: -5, cores: 2 },
    { seconds: 15, cores: 6 },
    { seconds: 40, cores: 4 },
    { seconds: 45, cores: 2 },
  ].map(({ seconds, cores }) => ({
    at: instant(seconds),
    cores,
    source: "scheduler" as const,
    resolutionMs: 1,
  })),
  decisions: [
    { at: instant(10.1), causeAt: instant(10), join: ["node02", "node03", "node04"], leave: [] },
    { at: instant(35), causeAt: instant(34.8), join: [], leave: ["node02", "node03"] },
  ].map((decision) => ({
    ...decision,
    pool: "nodes",
    policy: "pressure",
    queuedCores: 4,
    runningCores: 2,
    schedulableCores: 2,
    joiningCores: 0,
  })),
};
