/** Lines of an error that are shown, and of the output's end where it names no error. */
const mostLines = 30;

/**
 * What went wrong, out of the output of a `pulumi up` or `destroy`: the errors of its last section
 * "Diagnostics", without those that only say that the update failed; else the end of the output.
 */
export function diagnosis(output: string): string {
  const lines = output.trimEnd().split("\n");
  const start = lines.findLastIndex((line) => /^Diagnostics:\s*$/.test(line));
  const end = lines.findIndex(
    (line, at) => at > start && /^(Outputs|Resources|Duration):/.test(line),
  );
  const section = start < 0 ? [] : lines.slice(start + 1, end < 0 ? undefined : end);
  const errors = blocks(section).filter(
    ([first]) =>
      first !== undefined && /\berror:/.test(first) && !/error: update failed/.test(first),
  );
  const shown = errors.length > 0 ? errors.flat() : lines.slice(-mostLines);
  return shown.slice(0, mostLines).join("\n");
}

/** Each begins with a line `error:` or `warning:` and ends before the next one or at a resource's name. */
function blocks(section: readonly string[]): string[][] {
  const found: string[][] = [];
  for (const line of section) {
    const text = line.trim();
    if (text === "") continue;
    // A resource's own line is indented by two and ends with a colon: `  command:remote:Command (volcano):`.
    if (/^ {2}\S.*\):$/.test(line)) found.push([]);
    else if (/^(error|warning|info):/.test(text)) found.push([text]);
    else found.at(-1)?.push(text);
  }
  return found;
}
