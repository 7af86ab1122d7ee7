/** What stands in one of the site's files and not in ours, or the other way round. */
export interface Change {
  /** As the site calls it. */
  readonly file: string;
  readonly reason: string;
  /** Lines. */
  readonly theirs: readonly string[];
  readonly ours: readonly string[];
}

/**
 * The changes as a unified diff, file by file; what has the same reason stands together under it, in the place of
 * line numbers.
 */
export function changesText(changes: readonly Change[]): string {
  const files = [...new Set(changes.map(({ file }) => file))];
  return files
    .flatMap((file) => {
      const own = changes.filter((change) => change.file === file);
      const reasons = [...new Set(own.map(({ reason }) => reason))];
      return [
        `--- theirs/${file}`,
        `+++ ours/${file}`,
        ...reasons.flatMap((reason) => [
          `@@ ${reason} @@`,
          ...own
            .filter((change) => change.reason === reason)
            .flatMap(({ theirs, ours }) => [
              ...theirs.map((line) => `- ${line}`),
              ...ours.map((line) => `+ ${line}`),
            ]),
        ]),
      ];
    })
    .map((line) => `${line}\n`)
    .join("");
}
