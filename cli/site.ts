import { type Command, InvalidArgumentError } from "commander";
import { wholeNumber } from "./whole-number";

interface SiteOptions {
  readonly scheduler?: string;
  readonly set: readonly (readonly [key: string, value: string])[];
  readonly users?: number;
  readonly json?: boolean;
  readonly out?: string;
}

export function registerSite(program: Command): void {
  program
    .command("site")
    .description(
      "translate a site's own scheduler configuration, without a cluster: what is kept, replaced and refused",
    )
    .argument("<path>", "the directory with the site's files, or its main file")
    .option(
      "--scheduler <kind>",
      "whose configuration it is; found out by the files' names if left out",
    )
    .option("--set <key=value>", "a setting over the site's own; again for more", assignment, [])
    .option("--users <count>", "users that stand for the site's (default: 3)", wholeNumber(1, 99))
    .option("--out <directory>", "write the translated files there")
    .option("--json", "one JSON object: refused, changes, files")
    .action(async (path: string, { json, out, ...asked }: SiteOptions) => {
      const { formatProblem } = require("../spec/problems") as typeof import("../spec/problems");
      const { refuseOriginals, translated } =
        require("./translated") as typeof import("./translated");
      if (out !== undefined) refuseOriginals(path, out);
      const result = translated(path, {
        scheduler: asked.scheduler,
        set: Object.fromEntries(asked.set),
        users: asked.users ?? 3,
      });
      if (json) console.log(JSON.stringify(result, null, 2));
      if (result.refused.length > 0) {
        if (!json) for (const problem of result.refused) console.error(formatProblem(problem));
        process.exitCode = 2;
        return;
      }
      if (out !== undefined) {
        const { writeTranslated } = require("./translated") as typeof import("./translated");
        writeTranslated(out, result.files);
      }
      if (json) return;
      const { changesText } =
        require("../infra/schedulers/changes") as typeof import("../infra/schedulers/changes");
      const changes = changesText(result.changes).trimEnd();
      if (changes !== "") console.log(changes);
      for (const line of result.summary) console.log(line);
      if (out !== undefined) console.error(`${result.files.length} files in ${out}`);
    });
}

function assignment(
  text: string,
  before: readonly (readonly [string, string])[],
): readonly (readonly [string, string])[] {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("Expected KEY=VALUE.");
  return [...before, [text.slice(0, at), text.slice(at + 1)]];
}
