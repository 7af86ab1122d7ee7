import { expect, test } from "vitest";
import { requeueRule } from "../../../experiments/schedulers/requeue";
import { elasticSchema } from "../../../spec/elastic";
import { schedulerNodes } from "../../../spec/emulated";
import { handleNode } from "./kubernetes/nodes";

test("a job goes back to the queue where its partition has nodes of a pool that says so", () => {
  const pools = { keeps: { count: 1 }, sends: { count: 1 } };
  const nodes = schedulerNodes({ nodes: { count: 1 }, pools }, [
    handleNode({ name: "node01" }),
    handleNode({ name: "keeps01", pool: "keeps" }),
    handleNode({ name: "sends01", pool: "sends" }),
  ]);
  const partitions = [
    { name: "nodes", nodes: ["node01"] },
    { name: "keeps", nodes: ["keeps01"] },
    { name: "sends", nodes: ["sends01"] },
    { name: "both", nodes: ["node01", "sends01"] },
  ];
  const elastic = new Map([
    ["keeps", elasticSchema.parse({ max: 2, leaving: "finish" })],
    ["sends", elasticSchema.parse({ max: 2, leaving: "requeue" })],
  ]);
  const rule = requeueRule({ elastic, partitions, schedulerNodes: nodes });
  expect(["nodes", "keeps", "sends", "both"].map((partition) => rule({ partition }))).toEqual([
    false,
    false,
    true,
    true,
  ]);
  expect(rule({})).toBe(false);
  const [ordinary, , sends] = partitions;
  if (ordinary === undefined || sends === undefined) throw new Error("no partition");
  const first = [sends, ordinary];
  expect(requeueRule({ elastic, partitions: first, schedulerNodes: nodes })({})).toBe(true);
  // The scheduler's own partition over all nodes, which the cluster does not list.
  expect(rule({ partition: "urgent" })).toBe(true);
  const keeping = new Map([...elastic].filter(([, { leaving }]) => leaving === "finish"));
  const kept = requeueRule({ elastic: keeping, partitions, schedulerNodes: nodes });
  expect(kept({ partition: "urgent" })).toBe(false);
});
