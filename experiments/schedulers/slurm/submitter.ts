import type { SubmitAnswer } from "../adapter";

/**
 * Runs on the controller as the submitting user for as long as its stdin is open: one submission a
 * line (key, blank, script with its newlines escaped), one answer a line. No process but sbatch is
 * started for a job: the script reaches it as a here-string.
 */
export const submitterScript = `
while IFS= read -r line; do
  key=\${line%% *}
  printf -v script %b "\${line#* }"
  before=$EPOCHREALTIME
  answer=$(sbatch --parsable 2>&1 <<<"$script")
  code=$?
  after=$EPOCHREALTIME
  printf '%s %s %s %s %s\\n' "$key" "$before" "$after" "$code" "\${answer//$'\\n'/; }"
done
`;

/** sbatch's words when slurmctld was away or too slow, not when it said no. */
const unanswered =
  /Unable to contact slurm controller|Socket timed out|Connection refused|Zero Bytes/i;

/** One line for the submitter's stdin. The key comes back with the answer; it has no blanks. */
export function encodeSubmission(key: number, script: string): string {
  return `${key} ${script.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}\n`;
}

/**
 * One line of the submitter's stdout; null when it is not an answer. sbatch may print warnings around
 * the job's number, which with federated clusters is `number;cluster`.
 */
export function parseAnswer(line: string): { key: number; answer: SubmitAnswer } | null {
  const match = /^(\d+) (\d+[.,]\d+) (\d+[.,]\d+) (\d+) (.*)$/.exec(line);
  if (match === null) return null;
  const [, key, before = "", after = "", code, text = ""] = match;
  const id = code === "0" ? text.split("; ").find((part) => /^\d+(;\w+)?$/.test(part)) : undefined;
  return {
    key: Number(key),
    answer: {
      startedAt: Number(before.replace(",", ".")) * 1000,
      finishedAt: Number(after.replace(",", ".")) * 1000,
      schedulerJob: id?.split(";")[0] ?? null,
      error: id === undefined ? text.trim() || `sbatch ended with code ${code}` : null,
      uncertain: id === undefined && unanswered.test(text),
    },
  };
}
