import { describe, expect, it } from "vitest";
import { parseSpec } from "../../spec/parse";
import { SpecError } from "../../spec/problems";

const emulated = {
  controller: { memory: "4GiB" },
  nodes: { emulated: { perDomain: 10, cores: 4, memory: "4GiB" } },
};
const accelerated = { clock: { accelerated: 60 } };

function messages(input: unknown): string[] {
  try {
    parseSpec(input);
    return [];
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    return error.problems.map(({ path, message }) => `${path}: ${message}`);
  }
}

describe("run.clock", () => {
  it("is the same tuple when it is real as when it is left out", () => {
    expect(parseSpec({ run: { clock: "real" } })).toEqual(parseSpec({}));
  });

  it("says what it may be when it is another word", () => {
    expect(messages({ run: { clock: "fast" } })).toEqual([
      'run.clock: expected real or an object with accelerated, got "fast"',
    ]);
  });

  it("is refused on real nodes, whose jobs take their real time", () => {
    expect(messages({ run: accelerated })).toEqual([
      expect.stringMatching(/^run\.clock: expected real: jobs on real nodes/),
    ]);
  });

  it("is refused under a scheduler that does not use the C library's clock", () => {
    const scheduler = { kind: "kubernetes" };
    const workload = { body: "hold" };
    expect(messages({ topology: emulated, run: accelerated, scheduler, workload })).toEqual([
      expect.stringMatching(/^run\.clock: expected real: Kubernetes does not take the time/),
    ]);
  });

  it("wants jobs that hold their cores, since a process keeps to the host's clock", () => {
    expect(messages({ topology: emulated, run: accelerated })).toEqual([
      expect.stringMatching(/^workload\.body: expected hold with an accelerated clock, got sleep/),
    ]);
    expect(messages({ topology: emulated, run: accelerated, workload: { body: "hold" } })).toEqual(
      [],
    );
  });
});
