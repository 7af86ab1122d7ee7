import { Command, CommanderError } from "commander";
import packageJson from "../package.json";
import { registerAudit } from "./audit";
import { registerCampaign } from "./campaign";
import { registerCheck } from "./check";
import { registerClean } from "./clean";
import { registerDemo } from "./demo";
import { registerDoctor } from "./doctor";
import { registerEnv } from "./env";
import { registerExport } from "./export";
import { exitCodeOf, failureText } from "./failure-text";
import { registerGenerate } from "./generate";
import { registerImage } from "./image";
import { registerImport } from "./import";
import { registerInventory } from "./inventory";
import { registerLoad } from "./load";
import { registerMetrics } from "./metrics";
import { registerPareto } from "./pareto";
import { registerQuery } from "./query";
import { registerReport } from "./report";
import { registerResults } from "./results";
import { registerRun } from "./run";
import { registerSimulate } from "./simulate";
import { registerSite } from "./site";
import { registerTrace } from "./trace";
import { registerValidate } from "./validate";
import { registerWhatIf } from "./whatif";

// Every command loads its own code when it runs, so that `--help` stays quick.
const registrars: readonly ((program: Command) => void)[] = [
  registerDemo,
  registerDoctor,
  registerEnv,
  registerValidate,
  registerSite,
  registerResults,
  registerAudit,
  registerQuery,
  registerReport,
  registerTrace,
  registerMetrics,
  registerSimulate,
  registerGenerate,
  registerPareto,
  registerCheck,
  registerImport,
  registerExport,
  registerLoad,
  registerImage,
  registerRun,
  registerCampaign,
  registerWhatIf,
  registerInventory,
  registerClean,
];

export function createProgram(): Command {
  const program = new Command("schedlab")
    .description("Measure HPC schedulers on real clusters: one experiment is one Pulumi stack")
    .version(packageJson.version)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true });
  for (const register of registrars) register(program);
  for (const command of program.commands) command.exitOverride();
  return program;
}

/** A reader that goes away (`| head`) is not a failure: the command goes on without it. */
function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    if (!stream.listeners("error").includes(passOver)) stream.on("error", passOver);
  }
}

function passOver(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}

/** Exit codes: 0 done, 1 something failed, 2 wrong use, 130 interrupted; a command may add its own. */
export async function main(argv: readonly string[]): Promise<void> {
  outliveReaders();
  try {
    await createProgram().parseAsync([...argv]);
  } catch (error) {
    if (!(error instanceof CommanderError)) console.error(failureText(error));
    process.exitCode = exitCodeOf(error);
  }
}
