import { describe, expect, test } from "vitest";
import { compareSides, type Side } from "../../../analysis/whatif/compare";
import type { Figures } from "../../../analysis/whatif/figures";
import { amountRange, atMost, changeRange } from "../../../analysis/whatif/rounding";
import { answerSentences, subjectText } from "../../../analysis/whatif/words";

const lists = [1, 2, 3, 4, 5];
const side = (name: string, repeats: number): Side =>
  new Map(
    lists.map((list) => [
      `list ${list}`,
      Array.from({ length: repeats }, (_, index) => `${name}-${list}-${index}`),
    ]),
  );

/** Waits on list `l` with repeat `r`, for both sides. */
function figure(
  scope: string,
  name: string | null,
  now: (list: number, repeat: number) => number,
  changed: (list: number, repeat: number) => number,
): Figures {
  const values = new Map<string, number>();
  for (const list of lists) {
    for (const repeat of [0, 1, 2]) {
      values.set(`now-${list}-${repeat}`, now(list, repeat));
      values.set(`changed-${list}-${repeat}`, changed(list, repeat));
    }
  }
  return { scope, name, metric: "mean_wait", unit: "s", values, jobs: 10 };
}

/** Changes of some per cent that differ from list to list and from repeat to repeat. */
const wobble = (share: number) => (list: number, repeat: number) =>
  100 * list * (1 + share * Math.sin(7 * list + 3 * repeat + 1));
const halved = (list: number, repeat: number) => 0.5 * wobble(0.02)(list, repeat);

const all = figure("all", null, wobble(0.001), wobble(0.03));
const big = figure("size", "jobs of more than 32 cores", wobble(0.001), halved);
const steady = figure("user", "anna", wobble(0.001), wobble(0.002));
const wild = figure("queue", "gpu", wobble(0.001), wobble(0.4));
const idle = figure(
  "account",
  "physics",
  () => 0,
  (list) => list + 10,
);

function sentences(figures: readonly Figures[], repeats: number, margin = 0.05): string {
  const sides = { now: side("now", repeats), changed: side("changed", repeats) };
  return answerSentences(compareSides(figures, sides, margin))
    .map((line) => `${line.replaceAll("\u00a0", " ")}\n`)
    .join("");
}

describe("the answer in words", () => {
  test("says for whom it changes, for whom it does not, and of whom it cannot be told", async () => {
    await expect(sentences([all, big, steady, wild, idle], 1)).toMatchFileSnapshot(
      "golden/mixed.txt",
    );
  });

  test("is of other jobs first and then of these alone, where both are known", async () => {
    await expect(sentences([all, big], 3)).toMatchFileSnapshot("golden/two-levels.txt");
  });

  test("names the first of many and counts the rest", () => {
    const many = Array.from({ length: 8 }, (_, index) => ({ ...wild, name: `queue${index}` }));
    expect(sentences(many, 1)).toMatch(
      /queue3 \(.*\) and for the jobs in partition queue4 \(.*\), and so for 3 further groups, which the table has\./,
    );
  });

  test("says what would do where it takes least", () => {
    const wilder = figure("queue", "long", wobble(0.001), wobble(0.8));
    expect(sentences([steady, wilder, wild], 1)).toMatch(
      /About \d+ more job lists .* for the jobs in partition gpu gets worse by more than 5 %/,
    );
    expect(sentences([wilder, { ...wilder, scope: "all", name: null }, wild], 1)).toContain(
      "the mean wait for all jobs gets worse",
    );
  });

  test("of a knob without an effect claims nothing", async () => {
    await expect(sentences([steady], 1)).toMatchFileSnapshot("golden/no-difference.txt");
    await expect(sentences([wild, all], 1)).toMatchFileSnapshot("golden/cannot-tell.txt");
  });

  test("of a single list of jobs speaks of these jobs alone", async () => {
    const sides = {
      now: new Map([...side("now", 3)].slice(0, 1)),
      changed: new Map([...side("changed", 3)].slice(0, 1)),
    };
    const said = answerSentences(compareSides([big], sides, 0.05)).join("\n");
    await expect(`${said.replaceAll("\u00a0", " ")}\n`).toMatchFileSnapshot("golden/one-list.txt");
  });

  test("is that nothing is known where nothing was run twice", () => {
    const one = (name: string): Side => new Map([...side(name, 1)].slice(0, 1));
    const said = answerSentences(
      compareSides([all], { now: one("now"), changed: one("changed") }, 0.05),
    );
    expect(said).toEqual([expect.stringContaining("how runs vary is not known")]);
    const apart = { now: side("now", 1), changed: new Map([["other", ["changed-1-0"]]]) };
    expect(answerSentences(compareSides([all], apart, 0.05))[0]).toContain("no job list in common");
  });

  test("names whose jobs they are", () => {
    expect(
      [
        { scope: "all", name: null },
        { scope: "size", name: "jobs of 1 core" },
        { scope: "user", name: "anna" },
        { scope: "account", name: "physics" },
        { scope: "qos", name: "high" },
        { scope: "queue", name: "gpu" },
      ].map(subjectText),
    ).toEqual([
      "all jobs",
      "jobs of 1 core",
      "the jobs of user anna",
      "the jobs of account physics",
      "the jobs with QOS high",
      "the jobs in partition gpu",
    ]);
  });
});

test("ends of intervals are rounded outwards, and never past an exact number", () => {
  const share = { relative: true, unit: "s" };
  const text = (word: string) => word.replaceAll("\u00a0", " ");
  expect(text(amountRange({ low: 0.2861, high: 0.5301 }, share))).toBe("28 to 54 %");
  expect(text(amountRange({ low: 0.29, high: 0.57 }, share))).toBe("29 to 57 %");
  expect(text(changeRange({ low: -0.0312, high: 0.00049 }, share))).toBe("−3.2 to 0.05 %");
  expect(text(changeRange({ low: -0.5, high: -0.1204 }, share))).toBe("−50 to −12 %");
  expect(text(changeRange({ low: -1.5, high: 20.2 }, { relative: false, unit: "s" }))).toBe(
    "−1.5 to 21 s",
  );
  expect(text(atMost({ low: -0.0212, high: 0.01 }, share))).toBe("2.2 %");
});
