import { text } from "node:stream/consumers";
import { main } from "../../cli/main";

/**
 * Runs several commands one after the other and prints what each did, as JSON: loading the program
 * takes far longer than most commands. Reads their arguments from standard input.
 */
async function several(): Promise<void> {
  const commands: string[][] = JSON.parse(await text(process.stdin));
  const outcomes = [];
  const write = process.stdout.write.bind(process.stdout);
  for (const args of commands) {
    const outcome = { code: 0, stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const) {
      process[stream].write = (chunk: string | Uint8Array) => {
        outcome[stream] += chunk.toString();
        return true;
      };
    }
    process.exitCode = 0;
    await main(["node", "schedlab", ...args]);
    outcome.code = process.exitCode;
    outcomes.push(outcome);
  }
  process.exitCode = 0;
  process.stdout.write = write;
  process.stdout.write(JSON.stringify(outcomes));
}

several();
