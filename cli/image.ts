import { type Command, Option } from "commander";
import type { ImageRole } from "../images/recipe";
import { defaultSchedulerKind, schedulerKinds } from "../spec/scheduler";

interface Options {
  readonly role: ImageRole;
  readonly format: "tree" | "disk";
  readonly json?: boolean;
}

export function registerImage(program: Command): void {
  program
    .command("image")
    .description("make a scheduler's image, unless the cache holds it already")
    .addOption(
      new Option("--role <name>", "whose nodes it is for")
        .choices(schedulerKinds)
        .default(defaultSchedulerKind),
    )
    .addOption(
      new Option("--format <kind>", "what to make").choices(["tree", "disk"]).default("tree"),
    )
    .option("--json", "the manifest as one JSON object")
    .action(async ({ role, format, json }: Options) => {
      const { ensureImage } = require("../images/build") as typeof import("../images/build");
      const { reportTo } = require("./progress") as typeof import("./progress");
      const image = await ensureImage(role, { report: reportTo(), formats: ["tree", format] });
      console.log(json ? JSON.stringify(image, null, 2) : image.dir);
    });
}
