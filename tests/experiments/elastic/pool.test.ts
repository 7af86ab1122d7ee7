import { afterEach, describe, expect, test, vi } from "vitest";
import { unreachable } from "./fake-membership";
import { names, Scene } from "./pool-scene";

const wait = { timeout: 4_000, interval: 5 };

let scene: Scene;
afterEach(async () => {
  await scene.close();
  expect(scene.failures).toEqual([]);
});

describe("an elastic pool", () => {
  test("starts with as many nodes as it is told, without a decision or an event", async () => {
    scene = await new Scene().open();
    expect(names.map((name) => scene.membership.state(name))).toEqual([
      "schedulable",
      "down",
      "down",
    ]);
    expect(scene.provisioner.acts.sort()).toEqual(["stop n2", "stop n3"]);
    expect(scene.decisions).toEqual([]);
    expect(scene.events).toEqual([]);
  });

  test("grows with its queue and shrinks without it, each node through all of its states", async () => {
    scene = await new Scene().open();
    scene.membership.set("n1", { jobs: 1 });
    scene.want(6);
    await vi.waitFor(() => expect(scene.membership.state("n3")).toBe("schedulable"), wait);
    scene.want(0);
    await vi.waitFor(() => expect(scene.eventsOf("n3").at(-1)).toBe("left"), wait);
    await vi.waitFor(() => expect(scene.eventsOf("n2").at(-1)).toBe("left"), wait);
    expect(scene.eventsOf("n3")).toEqual([
      "join-decided",
      "started",
      "schedulable",
      "leave-decided",
      "draining",
      "drained",
      "left",
    ]);
    expect(scene.membership.acts).toContain("drain finish n3");
    expect(scene.eventsOf("n1")).toEqual([]);
    expect(scene.decisions[0]).toMatchObject({
      pool: "nodes",
      policy: "pressure",
      queuedCores: 6,
      schedulableCores: 2,
      join: ["n2", "n3"],
      leave: [],
    });
  });

  test("decides within 200 ms of the change", async () => {
    scene = await new Scene().open();
    scene.want(6);
    await vi.waitFor(() => expect(scene.decisions).toHaveLength(1), wait);
    const [{ at, causeAt } = { at: 0, causeAt: 0 }] = scene.decisions;
    expect(at - causeAt).toBeLessThan(200);
  });

  test("waits for the jobs of a node that leaves before it takes the node out", async () => {
    scene = await new Scene().open();
    scene.membership.set("n1", { jobs: 1 });
    scene.want(4);
    await vi.waitFor(() => expect(scene.membership.state("n2")).toBe("schedulable"), wait);
    // A job begins between the decision and the drain.
    scene.membership.before = (act) => {
      if (act.startsWith("drain")) scene.membership.set("n2", { jobs: 1 });
    };
    scene.want(0);
    await vi.waitFor(() => expect(scene.eventsOf("n2").at(-1)).toBe("draining"), wait);
    expect(scene.membership.state("n2")).toBe("draining");
    scene.membership.set("n2", { jobs: 0 });
    await vi.waitFor(() => expect(scene.eventsOf("n2").at(-1)).toBe("left"), wait);
  });

  test("gives up a node that never comes up, and calls another one in its place", async () => {
    scene = await new Scene({ deadlineMs: 150 }).open();
    scene.provisioner.stuck.add("n2");
    scene.want(2, 2);
    await vi.waitFor(() => expect(scene.eventsOf("n2")).toContain("given-up"), wait);
    await vi.waitFor(() => expect(scene.membership.state("n3")).toBe("schedulable"), wait);
    expect(scene.provisioner.acts.filter((act) => act === "start n2")).toHaveLength(1);
    expect(scene.provisioner.acts.at(-1)).not.toBe("start n2");
    // After its back-off it may be called again.
    scene.provisioner.stuck.delete("n2");
    scene.want(4, 2);
    await vi.waitFor(() => expect(scene.membership.state("n2")).toBe("schedulable"), wait);
  });

  test("gives up a node that the scheduler does not take, and stops it", async () => {
    scene = await new Scene({ deadlineMs: 150 }).open();
    scene.membership.deaf.add("n2");
    scene.want(2, 2);
    await vi.waitFor(() => expect(scene.membership.state("n3")).toBe("schedulable"), wait);
    expect(scene.eventsOf("n2")).toEqual(["join-decided", "started", "given-up"]);
    expect(scene.provisioner.acts).toContain("stop n2");
  });

  test("notes a node that dies while it joins as lost, and calls another one", async () => {
    scene = await new Scene().open();
    scene.membership.deaf.add("n2");
    scene.provisioner.dead.add("n2");
    scene.want(2, 2);
    await vi.waitFor(() => expect(scene.membership.state("n3")).toBe("schedulable"), wait);
    expect(scene.eventsOf("n2")).toEqual(["join-decided", "started", "lost"]);
  });

  test.each([
    ["given-up", { deadlineMs: 150 }],
    ["lost", {}],
  ])(
    "calls another node for one that is %s while an attempt with it is still under way",
    async (event, options) => {
      scene = await new Scene(options).open();
      let ended = () => {};
      const attempt = new Promise<void>((resolve) => {
        ended = resolve;
      });
      scene.membership.slow.set("n2", attempt);
      if (event === "lost") scene.provisioner.dead.add("n2");
      scene.want(2, 2);
      await vi.waitFor(() => expect(scene.membership.state("n3")).toBe("schedulable"), wait);
      expect(scene.eventsOf("n2")).toEqual(["join-decided", "started", event]);
      // It is taken out only once nothing can bring it back any more.
      expect(scene.membership.acts.filter((act) => act === "leave n2")).toHaveLength(1);
      ended();
      await vi.waitFor(() => {
        expect(scene.membership.acts.filter((act) => act === "leave n2")).toHaveLength(2);
      }, wait);
    },
  );

  test("calls a node again that went away while it was to leave at the start", async () => {
    scene = new Scene();
    scene.membership.before = (act, node) => {
      if (act.startsWith("drain") && node === "n2") scene.membership.set("n2", { state: "down" });
    };
    // The drain itself finds it down.
    scene.membership.deafToDrain.add("n2");
    await scene.open();
    expect(scene.membership.acts).toContain("leave n2");
    scene.want(4, 2);
    await vi.waitFor(() => expect(scene.membership.state("n2")).toBe("schedulable"), wait);
  });

  test("does not say of a node that it left when it could not be taken out", async () => {
    scene = await new Scene().open();
    scene.membership.set("n1", { jobs: 1 });
    scene.want(4);
    await vi.waitFor(() => expect(scene.membership.state("n2")).toBe("schedulable"), wait);
    scene.membership.before = (act, node) => {
      if (act === "leave" && node === "n2") throw unreachable("controller");
    };
    scene.want(0);
    await vi.waitFor(() => {
      expect(scene.warnings.at(-1)).toMatch(/^n2 could not be taken out/);
    }, wait);
    expect(scene.eventsOf("n2").at(-1)).toBe("drained");
    // Whatever it is now, it can be called again.
    scene.membership.before = () => {};
    scene.want(6);
    await vi.waitFor(() => expect(scene.eventsOf("n2").at(-1)).toBe("schedulable"), wait);
  });

  test("has a node join all the same when the controller is restarted meanwhile", async () => {
    scene = await new Scene().open();
    let calls = 0;
    scene.membership.before = (act) => {
      if (act === "join" && calls++ < 3) throw unreachable("controller");
    };
    scene.want(2, 2);
    await vi.waitFor(() => expect(scene.eventsOf("n2").at(-1)).toBe("schedulable"), wait);
    expect(scene.warnings).toEqual(["controller: test: no SSH connection"]);
  });

  test("requeues the jobs of a node that leaves where the pool says so", async () => {
    scene = await new Scene({ elastic: { leaving: "requeue" } }).open();
    scene.want(1, 2);
    await vi.waitFor(() => expect(scene.membership.state("n2")).toBe("schedulable"), wait);
    scene.membership.set("n1", { jobs: 1 });
    scene.membership.set("n2", { jobs: 1 });
    scene.want(0, 2);
    await vi.waitFor(() => expect(scene.membership.acts).toContain("drain requeue n2"), wait);
    await vi.waitFor(() => expect(scene.eventsOf("n2").at(-1)).toBe("left"), wait);
  });

  test("leaves what is under way as it is when the run ends, for it to be brought back", async () => {
    scene = await new Scene().open();
    scene.provisioner.stuck.add("n2");
    scene.want(2, 2);
    await vi.waitFor(() => expect(scene.provisioner.acts).toContain("start n2"), wait);
    await scene.close();
    expect(scene.eventsOf("n2")).toEqual(["join-decided"]);
    scene.want(6, 2);
    expect(scene.decisions).toHaveLength(1);
  });
});

describe("a pool whose nodes are left to the scheduler", () => {
  const native = { policy: { kind: "native", idle: 1 } } as const;
  const wants = (node: string, want: "join" | "leave") =>
    scene.pool.wants({ node, want, at: Date.now() });

  test("does what the scheduler wanted before decisions began, once they do", async () => {
    scene = new Scene({ elastic: native });
    const beginning = scene.pool.beginWith(2);
    wants("n2", "leave");
    wants("n1", "leave");
    wants("n1", "join");
    // It leaves all the same.
    wants("n3", "leave");
    await beginning;
    scene.pool.open();
    await vi.waitFor(() => expect(scene.eventsOf("n1").at(-1)).toBe("schedulable"), wait);
    await vi.waitFor(() => expect(scene.eventsOf("n2").at(-1)).toBe("left"), wait);
    expect(scene.eventsOf("n3")).toEqual([]);
    expect(scene.eventsOf("n1").slice(0, 3)).toEqual(["leave-decided", "left", "join-decided"]);
    wants("n2", "join");
    await vi.waitFor(() => expect(scene.eventsOf("n2").at(-1)).toBe("schedulable"), wait);
  });

  test("lets a node go that the scheduler wants away again while it joins", async () => {
    scene = await new Scene({ elastic: native }).open();
    wants("n2", "join");
    wants("n2", "leave");
    await vi.waitFor(() => expect(scene.eventsOf("n2").at(-1)).toBe("left"), wait);
    expect(scene.eventsOf("n2")).toContain("schedulable");
  });

  test("does what the scheduler wants, and nothing of its own", async () => {
    scene = await new Scene({ elastic: native }).open();
    scene.want(6);
    scene.pool.wants({ node: "n3", want: "join", at: Date.now() });
    await vi.waitFor(() => expect(scene.eventsOf("n3").at(-1)).toBe("schedulable"), wait);
    expect(scene.membership.state("n2")).toBe("down");
    scene.pool.wants({ node: "n3", want: "leave", at: Date.now() });
    await vi.waitFor(() => expect(scene.eventsOf("n3").at(-1)).toBe("left"), wait);
    expect(scene.membership.acts).not.toContain("drain finish n3");
    expect(scene.decisions.map(({ policy, join, leave }) => [policy, join, leave])).toEqual([
      ["native", ["n3"], []],
      ["native", [], ["n3"]],
    ]);
  });
});
