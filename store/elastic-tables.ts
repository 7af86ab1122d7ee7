import { listValue } from "@duckdb/node-api";
import type { Columns } from "./append";
import type { DecisionRecord, NodeEventRecord, SupplyRecord } from "./elastic-record";
import { type Origin, seconds } from "./tables";

/** What the tables of elastic runs take from the records. Times become seconds since the run's start. */

export function supplyColumns(run: Origin): Columns<SupplyRecord> {
  return {
    run_id: () => run.id,
    at_s: ({ at }) => seconds(run, at),
    cores: ({ cores }) => cores,
  };
}

export function nodeEventColumns(run: Origin): Columns<NodeEventRecord> {
  return {
    run_id: () => run.id,
    node: ({ node }) => node,
    event: ({ event }) => event,
    at_s: ({ at }) => seconds(run, at),
    source: ({ source }) => source,
    resolution_ms: ({ resolutionMs }) => resolutionMs,
    detail: ({ detail }) => detail,
  };
}

export function decisionColumns(run: Origin): Columns<DecisionRecord> {
  return {
    run_id: () => run.id,
    at_s: ({ at }) => seconds(run, at),
    pool: ({ pool }) => pool,
    cause_s: ({ causeAt }) => seconds(run, causeAt),
    policy: ({ policy }) => policy,
    queued_cores: ({ queuedCores }) => queuedCores,
    running_cores: ({ runningCores }) => runningCores,
    schedulable_cores: ({ schedulableCores }) => schedulableCores,
    joining_cores: ({ joiningCores }) => joiningCores,
    joined: ({ join }) => listValue(join),
    left_nodes: ({ leave }) => listValue(leave),
  };
}
