import { type Command, Option } from "commander";

export function registerDemo(program: Command): void {
  program
    .command("demo")
    .description(
      "the main job at once: set up, build the cluster, run the workload, print the results",
    )
    .option("--stack <name>", "stack to bring up", "dev")
    .addOption(
      new Option("--domain <kind>", "kind of domain, for this run only").choices([
        "auto",
        "kvm",
        "lxc",
        "qemu",
      ]),
    )
    .option("--nodes <count>", "compute nodes, for this run only", Number)
    .option("--trace <file>", "SWF log instead of the bundled trace, for this run only")
    .option("--jobs <count>", "first jobs of the trace, for this run only", Number)
    .option("--time-factor <factor>", "multiply the trace's times, for this run only", Number)
    .option("--destroy", "take everything down again after the results")
    .action(async (options: import("./demo/run").DemoOptions) => {
      const { runDemo } = require("./demo/run") as typeof import("./demo/run");
      await runDemo(options);
    });
}
