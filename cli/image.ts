import { type Command, Option } from "commander";

export function registerImage(program: Command): void {
  program
    .command("image")
    .description("make the SLURM role's image, unless the cache holds it already")
    .addOption(
      new Option("--format <kind>", "what to make").choices(["tree", "disk"]).default("tree"),
    )
    .option("--json", "the manifest as one JSON object")
    .action(async ({ format, json }: { format: "tree" | "disk"; json?: boolean }) => {
      const { ensureImage } = require("../images/build") as typeof import("../images/build");
      const { reportTo } = require("./progress") as typeof import("./progress");
      const image = await ensureImage("slurm", { report: reportTo(), formats: ["tree", format] });
      console.log(json ? JSON.stringify(image, null, 2) : image.dir);
    });
}
