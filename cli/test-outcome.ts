import { z } from "zod";

/** One test that did not run. */
const skippedSchema = z.object({
  /** Path below the project's folder. */
  file: z.string(),
  reason: z.string(),
});

/** What tests/outcome-reporter.ts writes of one call of vitest. */
export const outcomeSchema = z.object({
  passed: z.number(),
  /** Tests, and files that could not even be loaded. */
  failed: z.number(),
  skipped: z.array(skippedSchema),
});

export type Skipped = z.infer<typeof skippedSchema>;
export type Outcome = z.infer<typeof outcomeSchema>;

/** All skipped tests by their reason, the most frequent first; empty when none was skipped. */
export function skippedLines(skipped: readonly Skipped[]): string[] {
  return counted(skipped.map(({ reason }) => reason)).flatMap(([reason]) => {
    const files = skipped.filter((test) => test.reason === reason).map(({ file }) => file);
    return [
      `${reason}:`,
      ...counted(files).map(([file, n]) => `  ${n} ${n === 1 ? "test" : "tests"} of ${file}`),
    ];
  });
}

/** How often each name occurs, the most frequent first. */
function counted(names: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].toSorted(([, one], [, other]) => other - one);
}
