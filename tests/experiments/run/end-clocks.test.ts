import { expect, test } from "vitest";
import { type Executor, RemoteError } from "../../../experiments/remote/executor";
import { clocksAfter } from "../../../experiments/run/end-clocks";
import { nodes as records } from "../../store/run-fixture";

const [, compute] = records;
if (compute === undefined) throw new Error("the fixture has no compute node");
const node = (name: string, emulatedOn: string | null = null) => ({ ...compute, name, emulatedOn });

/** Nodes whose clocks are this host's; the others do not answer. */
function answering(...known: readonly string[]) {
  const asked: string[] = [];
  const executor: Pick<Executor, "open"> = {
    open: async (host, command, { step, onLine }) => {
      asked.push(host);
      if (!known.includes(host)) throw new RemoteError("no such node", { host, step, command });
      return {
        ended: new Promise(() => {}),
        write: () => onLine(String(Date.now() / 1000)),
        close: () => {},
      };
    },
  };
  return { executor: executor as Executor, asked };
}

test("emulated nodes have the clock of their domain, which is asked once", async () => {
  const { executor, asked } = answering("node01");
  const warnings: string[] = [];
  const nodes = [node("node01"), node("node01-0001", "node01"), node("node01-0002", "node01")];
  const after = await clocksAfter(executor, nodes, (message) => warnings.push(message));
  expect(new Set(asked)).toEqual(new Set(["node01"]));
  expect(warnings).toEqual([]);
  const [offset] = after.map(({ clockOffsetAfterMs }) => clockOffsetAfterMs);
  expect(offset).toEqual(expect.any(Number));
  expect(after.map(({ clockOffsetAfterMs }) => clockOffsetAfterMs)).toEqual([
    offset,
    offset,
    offset,
  ]);
});

test("a domain that does not answer is warned of once, and its nodes have no clock", async () => {
  const { executor } = answering();
  const warnings: string[] = [];
  const nodes = [node("node01"), node("node01-0001", "node01")];
  const after = await clocksAfter(executor, nodes, (message) => warnings.push(message));
  expect(warnings).toHaveLength(1);
  expect(after.map(({ clockOffsetAfterMs }) => clockOffsetAfterMs)).toEqual([null, null]);
});
