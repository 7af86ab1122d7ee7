import path from "node:path";
import { type Command, Option } from "commander";
import type { ImageRole } from "../images/recipe";
import { defaultSchedulerKind, schedulerKinds } from "../spec/scheduler";

interface Options {
  readonly role: ImageRole;
  readonly format: "tree" | "disk";
  readonly packages?: string;
  readonly json?: boolean;
}

export function registerImage(program: Command): void {
  program
    .command("image")
    .description("make a scheduler's image from Debian packages, unless the cache holds it already")
    .addOption(
      new Option("--role <name>", "whose nodes it is for")
        .choices(schedulerKinds)
        .default(defaultSchedulerKind),
    )
    .addOption(
      new Option("--format <kind>", "what to make").choices(["tree", "disk"]).default("tree"),
    )
    .option(
      "--packages <dir>",
      "directory of packages that no Debian suite holds (default: that of the role's variable)",
    )
    .option("--json", "the manifest as one JSON object")
    .action(async ({ role, format, packages, json }: Options) => {
      const { ensureImage } = require("../images/build") as typeof import("../images/build");
      const { reportTo } = require("./progress") as typeof import("./progress");
      const image = await ensureImage(role, {
        report: reportTo(),
        formats: ["tree", format],
        packages: packages && path.resolve(packages),
      });
      console.log(json ? JSON.stringify(image, null, 2) : image.dir);
    });
}
