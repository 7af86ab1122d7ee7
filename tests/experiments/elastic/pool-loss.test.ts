import { afterEach, describe, expect, test, vi } from "vitest";
import { unreachable } from "./fake-membership";
import { Scene } from "./pool-scene";

const wait = { timeout: 4_000, interval: 5 };

let scene: Scene;
afterEach(async () => {
  await scene.close();
  expect(scene.failures).toEqual([]);
});

describe("a node of an elastic pool that goes away of itself", () => {
  test("is noted as lost with its jobs, the scheduler is told, and another takes its place", async () => {
    scene = await new Scene().open();
    scene.want(0, 2);
    scene.membership.set("n1", { jobs: 1 });
    scene.membership.set("n1", { state: "down" });
    await vi.waitFor(() => expect(scene.eventsOf("n1")).toEqual(["lost"]), wait);
    await vi.waitFor(() => expect(scene.membership.acts).toContain("leave n1"), wait);
    await vi.waitFor(() => expect(scene.membership.state("n2")).toBe("schedulable"), wait);
  });

  test("is replaced in a quiet queue before it has been taken out", async () => {
    scene = await new Scene().open();
    // Its scheduler does not let it go, and nothing else changes.
    scene.membership.before = (act, node) => {
      if (act === "leave" && node === "n1") throw unreachable("controller");
    };
    scene.membership.set("n1", { state: "down" });
    await vi.waitFor(() => expect(scene.eventsOf("n1")).toEqual(["lost"]), wait);
    const lostAt = Date.now();
    await vi.waitFor(() => expect(scene.decisions).toHaveLength(1), wait);
    const [{ at, causeAt, join } = { at: 0, causeAt: 0, join: [] }] = scene.decisions;
    expect(join).toEqual(["n2"]);
    expect(at - lostAt).toBeLessThan(200);
    expect(at - causeAt).toBeLessThan(200);
    expect(scene.warnings.filter((text) => /taken out/.test(text))).toEqual([]);
    await vi.waitFor(() => expect(scene.membership.state("n2")).toBe("schedulable"), wait);
  });

  test("is lost after the same time when its jobs are taken off it meanwhile", async () => {
    scene = await new Scene().open();
    scene.want(0, 2);
    scene.membership.set("n1", { state: "down", jobs: 30 });
    // Each look finds something else, for much longer than a node may be gone.
    let left = 30;
    while (left > 0 && scene.eventsOf("n1").length === 0) {
      left -= 1;
      scene.membership.set("n1", { jobs: left });
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(scene.eventsOf("n1")).toEqual(["lost"]);
    expect(left).toBeGreaterThan(0);
  });

  test("is noted as lost when it went while the others were to leave at the start", async () => {
    scene = new Scene();
    scene.membership.set("n1", { state: "down" });
    await scene.open();
    await vi.waitFor(() => expect(scene.eventsOf("n1").at(0)).toBe("lost"), wait);
  });

  test("is not lost when it is down for a moment", async () => {
    scene = await new Scene().open();
    scene.want(0, 2);
    scene.membership.set("n1", { state: "down" });
    scene.membership.set("n1", { state: "schedulable" });
    scene.want(2, 2);
    await vi.waitFor(() => expect(scene.membership.state("n2")).toBe("schedulable"), wait);
    expect(scene.eventsOf("n1")).toEqual([]);
  });
});
