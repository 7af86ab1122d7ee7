import { readFile } from "node:fs/promises";
import { Command } from "commander";
import { Failure } from "../base/failure";
import { messageOf } from "../base/thrown";
import { writeWhole } from "../base/whole-file";
import { picture } from "./queue-length/picture";
import { type Result, resultSchema } from "./queue-length/result";

/** Draws what `queue-length --json` printed, a line for each file. */
async function main(): Promise<void> {
  const program = new Command("queue-length-picture")
    .description("draw cost and times against the length of the queue")
    .argument("<files...>", "what queue-length --json printed, a file for each scheduler")
    .requiredOption("--svg <file>", "where the picture goes")
    .parse();
  const results = await Promise.all(program.args.map(readResult));
  writeWhole(program.opts<{ svg: string }>().svg, picture(results));
}

async function readResult(file: string): Promise<Result> {
  const text = await readFile(file, "utf8");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Failure(`${file} is not JSON`);
  }
  const parsed = resultSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  throw new Failure(
    `${file} is not what queue-length --json prints: ${first?.path.join(".")}: ${first?.message}`,
  );
}

main().catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
});
