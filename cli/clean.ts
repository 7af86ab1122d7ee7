import { type Command, Option } from "commander";

interface Options {
  readonly stack?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly withinPulumi?: boolean;
  readonly containers?: boolean;
}

export function registerClean(program: Command): void {
  program
    .command("clean")
    .description(
      "list what stacks left on this host; with --stack, remove that stack's and a lock that a killed pulumi left",
    )
    .option("-s, --stack <name>", "the stack; without it everything is listed and nothing removed")
    .option("--dry-run", "only say what would be removed")
    .option("-y, --yes", "remove it without asking")
    .option("--json", "one JSON object instead of lines")
    // The last step of `pulumi destroy`, whose lock is its own.
    .addOption(new Option("--within-pulumi").hideHelp())
    // Its step before the stack's pool is deleted.
    .addOption(new Option("--containers").hideHelp())
    .action((options: Options) => clean(options));

  // Stacks that an earlier version made have this command in their state, for their last step.
  program
    .command("sweep", { hidden: true })
    .option("--stack <name>")
    .option("--remove")
    .option("--json")
    .action(({ remove, ...options }: Options & { remove?: boolean }) => {
      console.error("schedlab sweep is now called schedlab clean");
      return clean({
        ...options,
        ...(remove ? { yes: true, withinPulumi: true } : { dryRun: true }),
      });
    });
}

async function clean(options: Options): Promise<void> {
  const { cleanContainers, cleanStack, listAll } =
    require("./clean/run") as typeof import("./clean/run");
  const { stack, containers, ...choices } = options;
  if (stack === undefined) await listAll(choices);
  else if (containers) await cleanContainers(stack);
  else await cleanStack(stack, choices);
}
