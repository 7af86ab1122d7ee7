import { expect, test } from "vitest";
import {
  internalsCommand,
  parseInternals,
} from "../../../../experiments/schedulers/kubernetes/internals";

/** In the text format of Prometheus, with the names and labels of Volcano's scheduler. */
const published = `# TYPE volcano_e2e_scheduling_latency_milliseconds histogram
volcano_e2e_scheduling_latency_milliseconds_bucket{le="5"} 1
volcano_e2e_scheduling_latency_milliseconds_bucket{le="+Inf"} 14
volcano_e2e_scheduling_latency_milliseconds_sum 1.6e+03\r
volcano_e2e_scheduling_latency_milliseconds_count 14
volcano_action_scheduling_latency_milliseconds_bucket{action="allocate",le="5"} 3
volcano_action_scheduling_latency_milliseconds_sum{action="allocate"} 812.5
volcano_action_scheduling_latency_milliseconds_count{action="allocate"} 14
volcano_schedule_attempts_total{result="scheduled"} 30
volcano_schedule_attempts_total{result="unschedulable"} 2
volcano_total_preemption_attempts 5
volcano_e2e_job_scheduling_latency_milliseconds_sum 99
`;

test("sessions, actions, attempts and preemptions become series with their unit in the name", () => {
  expect(parseInternals(published)).toEqual({
    sessions_total_ms: 1600,
    sessions: 14,
    action_allocate_total_ms: 812.5,
    action_allocate_calls: 14,
    attempts_scheduled_tasks: 30,
    attempts_unschedulable_tasks: 2,
    preemption_attempts: 5,
  });
});

test("another answer has nothing", () => {
  expect(parseInternals("HTTP/1.0 404 Not Found\n")).toEqual({});
  expect(parseInternals("volcano_e2e_scheduling_latency_milliseconds_sum NaN\n")).toEqual({});
});

test("the command asks for the names that are read", () => {
  for (const name of ["e2e_scheduling", "action_scheduling", "schedule_attempts", "preemption"]) {
    expect(internalsCommand).toContain(name);
  }
});
