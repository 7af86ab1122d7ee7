import { describe, expect, test } from "vitest";
import { FakeExecutor } from "../../../experiments/remote/fake";
import { schedulerClock } from "../../../experiments/run/scheduler-clock";
import { fakeHandle } from "./fake-slurm";

/** A cluster whose controller has this file of a clock, and a run that asks for this factor. */
function clockOf(file: string, factor: number) {
  const executor = new FakeExecutor().when(/\/clock/, { stdout: file });
  const { spec, ...rest } = fakeHandle(1);
  const clock = factor === 1 ? undefined : { accelerated: factor };
  return schedulerClock({ ...rest, spec: { ...spec, run: { ...spec.run, clock } } }, executor);
}

describe("the clock of the scheduler's daemons", () => {
  test("is the one that the run asks for", async () => {
    expect(await clockOf("", 1)).toBeNull();
    expect(await clockOf("60 1700000000.5\n", 60)).toEqual({
      factor: 60,
      originMs: 1_700_000_000_500,
    });
  });

  test.each([
    ["", 60, "the host's clock, but run.clock asks for a factor of 60"],
    ["60 1700000000.5\n", 1, "a clock of factor 60, but run.clock asks for the host's"],
    ["60 1700000000.5\n", 30, "a clock of factor 60, but run.clock asks for a factor of 30"],
  ])("is told where it is another: %j, asked for %d", async (file, factor, message) => {
    await expect(clockOf(file, factor)).rejects.toThrow(message);
  });
});
