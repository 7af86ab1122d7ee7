import { expect, test } from "vitest";
import { linkSteps } from "../../infra/link";
import { planCluster } from "../../infra/plan";
import { parseSpec } from "../../spec/parse";

function planOf(fabric: string) {
  const spec = parseSpec({ topology: { nodes: { count: 2 }, network: { fabric, scale: 0.05 } } });
  return planCluster(spec, { stack: "t" });
}

test("a machine delays its own link by the scaled latency", () => {
  const steps = linkSteps(planOf("slingshot-11"), "qemu");
  expect(steps.map(({ host }) => host)).toEqual(["controller", "node01", "node02"]);
  expect(steps[0]?.create).toBe("tc qdisc replace dev eth0 root netem delay 40us");
});

test("nothing is delayed inside a container or where no latency is asked for", () => {
  expect(linkSteps(planOf("slingshot-11"), "lxc")).toEqual([]);
  expect(linkSteps(planOf("unlimited"), "kvm")).toEqual([]);
});
