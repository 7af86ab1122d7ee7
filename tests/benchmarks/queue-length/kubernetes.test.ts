import { expect, test } from "vitest";
import { cyclesBetween, parseHistograms } from "../../../benchmarks/queue-length/kubernetes";

/** In the text format of Prometheus, with the names and labels of Volcano's scheduler. */
const metrics = (sessions: number, milliseconds: number) => `# TYPE x histogram
volcano_e2e_scheduling_latency_milliseconds_bucket{le="5"} 1
volcano_e2e_scheduling_latency_milliseconds_bucket{le="+Inf"} ${sessions}
volcano_e2e_scheduling_latency_milliseconds_sum ${milliseconds}
volcano_e2e_scheduling_latency_milliseconds_count ${sessions}
volcano_action_scheduling_latency_milliseconds_sum{action="allocate"} ${milliseconds / 2}
volcano_action_scheduling_latency_milliseconds_count{action="allocate"} ${sessions}
volcano_e2e_job_scheduling_latency_milliseconds_sum 99
volcano_e2e_job_scheduling_latency_milliseconds_count 1
`;

test("the window is what came to the sums and counts", () => {
  const [before, after] = [metrics(10, 1000), metrics(14, 1.6e3)].map(parseHistograms);
  expect(cyclesBetween(before ?? new Map(), after ?? new Map())).toEqual([
    { name: "session", count: 4, meanMs: 150, lastMs: null, maxMs: null },
    { name: "action allocate", count: 4, meanMs: 75, lastMs: null, maxMs: null },
  ]);
});

test("without a session in the window there is no mean", () => {
  const same = parseHistograms(metrics(10, 1000));
  expect(cyclesBetween(same, same)[0]).toMatchObject({ count: 0, meanMs: null });
});

test("a scheduler that was started again has begun at 0", () => {
  const [before, after] = [metrics(10, 1000), metrics(2, 40)].map(parseHistograms);
  expect(cyclesBetween(before ?? new Map(), after ?? new Map())[0]).toMatchObject({
    count: 2,
    meanMs: 20,
  });
});

test("numbers with an exponent and lines with carriage returns are read", () => {
  const text = metrics(3, 0).replace("_sum 0\n", "_sum 1.25e+03\r\n");
  expect(parseHistograms(text).get("session")).toEqual({ sum: 1250, count: 3 });
});

test("metrics without sessions are refused", () => {
  expect(() => parseHistograms("HTTP/1.0 404 Not Found\n")).toThrow(/publishes no/);
});
