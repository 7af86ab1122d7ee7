import { Command } from "commander";
import { Failure } from "../base/failure";
import { messageOf } from "../base/thrown";
import { readHandle } from "../cli/handle-file";
import { onLockedCluster } from "./locked-cluster";
import { measureQueues } from "./queue-length/measure";
import { checkOptions, type Options, parseLengths } from "./queue-length/options";
import { resultText } from "./queue-length/table";

/**
 * What a scheduler does with a long queue: keeps a cluster of emulated nodes full of jobs of one size, with more and
 * more jobs waiting behind them, and measures at each length
 *
 * - the CPU time of the scheduler's daemons on the controller for each job that starts. One job ends, one starts
 *   and one is submitted for each, so that all three are in it, and so is what the daemons do anyway, of which
 *   `idleCores` tells how much that is without any job;
 * - how long a place stands empty between two jobs (`releases` in queue-length/history.ts), by the scheduler's own
 *   moments;
 * - the scheduler's own times of its cycles, where it publishes any (queue-length/cycles.ts).
 *
 * The figures are printed once the last length is measured. The jobs that wait are cancelled after it, also when it is
 * interrupted.
 */
async function main(): Promise<void> {
  const program = new Command("queue-length")
    .description("measure a scheduler's cost and cycle time against the length of its queue")
    .requiredOption("--handle <file>", "the stack's handle as JSON; - reads standard input")
    .option("--waiting <numbers>", "waiting jobs, with commas", "100,1000,10000")
    .option("--seconds <number>", "length of each measurement", Number, 60)
    .option("--cores <number>", "cores of each job; they divide those of every node", Number, 1)
    .option("--rate <number>", "ends a second, which set the jobs' mean run time", Number, 5)
    .option("--seed <number>", "of the run times", Number, 1)
    .option("--idle <number>", "seconds for the daemons' cost without any job", Number, 20)
    .option("--patience <seconds>", "for filling the queue, and for it to settle", Number, 1200)
    .option("--json", "print the figures as JSON", false)
    .parse();
  const given = program.opts<Omit<Options, "waiting"> & { handle: string; waiting: string }>();
  const options: Options = { ...given, waiting: parseLengths(given.waiting) };
  checkOptions(options);
  const handle = await readHandle(given.handle);

  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      log(`${name}: the jobs are being cancelled`);
      stop.abort(new Failure("interrupted"));
    });
  }
  await onLockedCluster(handle, log, (executor) =>
    measureQueues(handle, executor, options, stop, log, (result) => {
      process.stdout.write(
        options.json ? `${JSON.stringify(result, null, 2)}\n` : `${resultText(result)}\n`,
      );
    }),
  );
}

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}

main().catch((error: unknown) => {
  log(messageOf(error));
  if (error instanceof Failure && error.remedy !== undefined) log(error.remedy);
  process.exitCode = 1;
});
