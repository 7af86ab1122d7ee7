/** A resource that `pulumi up` finished. */
export interface Done {
  readonly type: string;
  readonly name: string;
  readonly seconds: number;
}

/** Reads a line such as ` +  command:local:Command node01 created (0.29s)`; null for any other. */
export function parseDone(line: string): Done | null {
  const found = /^\s*\S+\s+(\S+:\S+:\S+) (\S+) created(?: replacement)? \(([\d.]+)s\)/.exec(line);
  if (found === null) return null;
  const [, type = "", name = "", seconds = ""] = found;
  return { type, name, seconds: Number(seconds) };
}

/** A bootstrap step of whichever scheduler. */
export interface Step {
  readonly name: string;
  readonly needs: readonly string[];
}

const slowest = (values: readonly number[]) => Math.max(0, ...values);

/**
 * What cannot be done at the same time: the slowest node with its boot, the scheduler's start, the
 * run. A controller's first step begins when its domain exists, so its boot is part of that step.
 */
export function criticalPath(
  done: readonly Done[],
  steps: readonly Step[],
): Record<"node" | "scheduler" | "run", number> {
  const of = (test: (name: string) => boolean) =>
    slowest(done.filter(({ name }) => test(name)).map(({ seconds }) => seconds));
  const nodes = done.filter(
    ({ type, name }) =>
      (type === "command:local:Command" || type === "libvirt:index:Domain") &&
      /^(controller|[a-z]+\d+)$/.test(name),
  );
  const answers = of((name) => name.endsWith("-answers"));
  return {
    node: slowest(nodes.map(({ seconds }) => seconds)) + answers,
    scheduler: slowestChain(done, steps),
    run: of((name) => name === "experiment"),
  };
}

/** The slowest chain of bootstrap steps of which each needs the one before. */
function slowestChain(done: readonly Done[], steps: readonly Step[]): number {
  const took = new Map(
    done.flatMap(({ type, name, seconds }) =>
      type === "command:remote:Command" ? [[name, seconds] as const] : [],
    ),
  );
  // Steps come after all that they need.
  const chains = new Map<string, number>();
  for (const { name, needs } of steps) {
    const before = slowest(needs.map((need) => chains.get(need) ?? 0));
    chains.set(name, before + (took.get(name) ?? 0));
  }
  return slowest([...chains.values()]);
}

/** When the last node answered; null when one never did. */
export function answerTime(greetings: readonly (number | null)[]): number | null {
  return greetings.reduce<number | null>(
    (last, seconds) => (last === null || seconds === null ? null : Math.max(last, seconds)),
    0,
  );
}
