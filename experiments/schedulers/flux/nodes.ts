import { setTimeout as delay } from "node:timers/promises";
import { ClusterNotReady } from "../not-ready";

/** Brokers that have just been started join within seconds. */
const JOIN_MS = 30_000;
const LOOK_EVERY_MS = 500;
/** Of the nodes that an error names; there may be thousands. */
const NAMED = 10;

/** Names of the nodes that take no jobs, with the reason of a drain; see nodes.sh. */
export function unusableNodes(
  lines: readonly string[],
  expected: readonly string[],
): { name: string; why: string }[] {
  const words = lines.map((line) => line.split(" "));
  const up = new Set(words.flatMap(([word, name = ""]) => (word === "up" ? [name] : [])));
  const drained = new Map(
    words.flatMap(([word, name = "", ...reason]) =>
      word === "drained" ? [[name, reason.join(" ")] as const] : [],
    ),
  );
  return expected
    .filter((name) => !up.has(name))
    .map((name) => {
      const reason = drained.get(name);
      return { name, why: reason === undefined ? "down" : `drained (${reason})` };
    });
}

/**
 * Waits for nodes whose brokers have not joined yet.
 * @param look runs nodes.sh on the controller.
 * @returns Flux's version. @throws ClusterNotReady naming the nodes that take no jobs.
 */
export async function awaitUsableNodes(
  expected: readonly string[],
  look: () => Promise<string>,
  joinMs: number = JOIN_MS,
): Promise<string> {
  const until = performance.now() + joinMs;
  for (;;) {
    const [version = "", ...lines] = (await look()).split("\n");
    const unusable = unusableNodes(lines, expected);
    if (unusable.length === 0) return version.trim();
    if (unusable.some(({ why }) => why !== "down") || performance.now() > until) {
      throw new ClusterNotReady(`Flux cannot use every node: ${listed(unusable)}`, {
        remedy: "Run `pulumi up` again, or see /var/log/flux/broker.log on the nodes.",
      });
    }
    await delay(LOOK_EVERY_MS);
  }
}

function listed(nodes: readonly { readonly name: string; readonly why: string }[]): string {
  const named = nodes.slice(0, NAMED).map(({ name, why }) => `${name} is ${why}`);
  const others = nodes.length - named.length;
  return [...named, ...(others > 0 ? [`and ${others} more`] : [])].join(", ");
}
