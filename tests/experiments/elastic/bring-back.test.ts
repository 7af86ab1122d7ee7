import { describe, expect, test } from "vitest";
import { bringBack } from "../../../experiments/elastic/bring-back";
import { FakeMembership, FakeProvisioner, unreachable } from "./fake-membership";

const names = ["n1", "n2", "n3"];

function scene() {
  const membership = new FakeMembership(names);
  const provisioner = new FakeProvisioner();
  const lines: string[] = [];
  const back = (deadlineMs = 5_000) =>
    bringBack({
      membership,
      provisioner,
      nodes: names,
      deadlineMs,
      report: (line) => lines.push(line),
      times: { retryMs: 1, patienceMs: 200 },
    });
  return { membership, provisioner, lines, back };
}

describe("bringing nodes back", () => {
  test("does nothing when all are there", async () => {
    const { membership, provisioner, lines, back } = scene();
    expect(await back()).toEqual([]);
    expect([...membership.acts, ...provisioner.acts, ...lines]).toEqual([]);
  });

  test("has those join that are away, draining, or unknown, and says so", async () => {
    const { membership, provisioner, lines, back } = scene();
    membership.set("n2", { state: "draining" });
    membership.set("n3", { state: "absent" });
    expect(await back()).toEqual([]);
    expect(membership.acts.sort()).toEqual(["join n2", "join n3"]);
    expect(provisioner.acts.sort()).toEqual(["start n2", "start n3"]);
    expect(lines).toEqual(["bringing back n2, n3"]);
  });

  test("tries again what fails while the controller restarts", async () => {
    const { membership, lines, back } = scene();
    membership.set("n2", { state: "down" });
    let refused = 0;
    membership.before = () => {
      if (refused++ < 3) throw unreachable("controller");
    };
    const { nodes } = membership;
    let asked = 0;
    membership.nodes = async () => {
      if (asked++ < 2) throw unreachable("controller");
      return nodes.call(membership);
    };
    expect(await back()).toEqual([]);
    expect(membership.state("n2")).toBe("schedulable");
    expect(lines).toEqual([
      "whether nodes have to be brought back is not known yet: controller: test: no SSH connection",
      "bringing back n2",
      "n2 could not be brought back: controller: test: no SSH connection",
    ]);
  });

  test("names all where the scheduler does not say which are there", async () => {
    const { membership, back } = scene();
    membership.nodes = async () => {
      throw unreachable("controller");
    };
    expect(await back()).toEqual(names);
  });

  test("names those that could not come back, and does not wait for them for ever", async () => {
    const { membership, lines, back } = scene();
    membership.set("n2", { state: "down" });
    membership.set("n3", { state: "down" });
    membership.before = (_, node) => {
      if (node === "n3") throw unreachable("n3");
    };
    expect(await back()).toEqual(["n3"]);
    expect(membership.state("n2")).toBe("schedulable");
    expect(lines.at(-1)).toBe("n3 could not be brought back: n3: test: no SSH connection");
  });

  test("ends at its deadline, also when a node does not come up", async () => {
    const { membership, provisioner, back } = scene();
    membership.set("n2", { state: "down" });
    membership.set("n3", { state: "down" });
    membership.deaf.add("n2");
    provisioner.stuck.add("n3");
    expect(await back(150)).toEqual(["n2", "n3"]);
  });
});
