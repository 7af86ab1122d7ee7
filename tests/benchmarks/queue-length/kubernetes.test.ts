import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { repoRoot } from "../../../base/paths";
import { shellScript } from "../../../base/shell-script";
import {
  cyclesBetween,
  parseHistograms,
  volcanoCounters,
} from "../../../benchmarks/queue-length/kubernetes";

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

test("the script asks the port for its metrics and prints those of the given names only", async () => {
  const server = createServer((request, response) => {
    response.end(request.url === "/metrics" ? `other_sum 1\n${metrics(3, 60)}` : "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const directory = path.join(repoRoot, "experiments/schedulers/kubernetes");
    const ask = async (...words: string[]) => {
      const input = shellScript(directory, ["metrics.sh"], [port, ...words]);
      return (await execa("bash", ["-s"], { input })).stdout;
    };
    const sessions = "volcano_e2e_scheduling_latency_milliseconds";
    const printed = await ask(sessions, "volcano_action_");
    expect(printed.split("\n")).toHaveLength(6);
    expect(parseHistograms(printed).get("session")).toEqual({ sum: 60, count: 3 });
    expect(await ask("nothing")).toBe("");
  } finally {
    server.close();
  }
});

test("the counters ask at both ends of the window", async () => {
  const answers = [metrics(10, 1000), metrics(11, 1300)];
  const counters = volcanoCounters(async () => answers.shift() ?? "");
  await counters.begin();
  expect((await counters.end())[0]).toMatchObject({ count: 1, meanMs: 300 });
});
