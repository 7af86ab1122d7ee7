import { parseHTML } from "linkedom";
import { expect, test } from "vitest";
import { picture } from "../../../benchmarks/queue-length/picture";
import type { Result, Row } from "../../../benchmarks/queue-length/result";

function row(waiting: number, change: Partial<Row> = {}): Row {
  return {
    waiting,
    meanWaiting: waiting,
    busyShare: 1,
    seconds: 60,
    started: 300,
    ended: 300,
    fillSeconds: 1,
    settleSeconds: 15,
    daemons: [],
    cpuSecondsAJob: 0.02,
    release: { pairs: 300, open: 0, meanMs: 300, medianMs: 0, p99Ms: 1000, resolutionMs: 1000 },
    cycles: [{ name: "main", count: 20, meanMs: waiting / 100, lastMs: null, maxMs: null }],
    ...change,
  };
}

function result(scheduler: string, rows: Row[]): Result {
  return {
    scheduler,
    version: "1",
    nodes: 10,
    places: 160,
    cores: 1,
    meanSeconds: 80,
    users: 3,
    seed: 1,
    idleCores: 0.01,
    rows,
  };
}

function drawn(results: readonly Result[]) {
  const svg = parseHTML(`<html><body>${picture(results)}</body></html>`).document;
  return {
    text: svg.documentElement.textContent ?? "",
    dots: [...svg.querySelectorAll('svg > svg g[aria-label="dot"]')].map(
      (group) => group.children.length,
    ),
  };
}

/** A dot for each result. */
const key = (results: number) => Array.from({ length: results }, () => 1);

test("each panel has a line for each scheduler, with a dot for each length", () => {
  const one = result("One", [row(100), row(1000), row(10_000)]);
  const { text, dots } = drawn([one, result("Two <b>", [row(100)])]);
  expect(dots).toEqual([...key(2), 3, 1, 3, 1, 3, 1]);
  expect(text).toContain("One");
  expect(text).toContain("Two <b>");
});

test("what is unknown or 0 is left out", () => {
  const release = { pairs: 0, open: 0, meanMs: 0, medianMs: 0, p99Ms: 0, resolutionMs: 1000 };
  const bare = row(1000, { cycles: null, release });
  expect(drawn([result("One", [row(100), bare])]).dots).toEqual([...key(1), 2, 1, 1]);
});

test("axes have whole decades, so that a small difference looks like one", () => {
  const near = result("One", [
    row(98, { cpuSecondsAJob: 0.019 }),
    row(9900, { cpuSecondsAJob: 0.0194 }),
  ]);
  const heights = parseHTML(
    `<html><body>${picture([near])}</body></html>`,
  ).document.querySelectorAll('svg > svg g[aria-label="dot"]')[1];
  const [low = 0, high = 0] = [...(heights?.children ?? [])].map((dot) =>
    Number(/,([\d.]+)\)|cy="([\d.]+)"/.exec(dot.outerHTML)?.slice(1).find(Boolean)),
  );
  expect(low - high).toBeGreaterThan(0);
  expect(low - high).toBeLessThan(5);
});
