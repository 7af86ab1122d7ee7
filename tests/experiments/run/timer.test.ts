import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { callAfter, LONGEST_TIMER_MS } from "../../../experiments/run/timer";

const day = 24 * 3600 * 1000;

describe("a timer", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test.each([0.5, 25, 60])("of %d days fires once, at its time and not before", (days) => {
    const work = vi.fn();
    callAfter(days * day, work);
    vi.advanceTimersByTime(days * day - 1);
    expect(work).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(work).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(60 * day);
    expect(work).toHaveBeenCalledOnce();
  });

  test("that was cancelled never fires, in whichever of its stretches it was", () => {
    const work = vi.fn();
    const cancel = callAfter(2 * LONGEST_TIMER_MS, work);
    vi.advanceTimersByTime(LONGEST_TIMER_MS + 1);
    cancel();
    vi.advanceTimersByTime(2 * LONGEST_TIMER_MS);
    expect(work).not.toHaveBeenCalled();
  });
});
