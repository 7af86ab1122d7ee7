import { type Command, Option } from "commander";
import { type InventoryFormat, inventoryFormats } from "./inventory/names";

export function registerInventory(program: Command): void {
  program
    .command("inventory")
    .description("list the nodes of a live stack for other tools, without a key or another secret")
    .option("-s, --stack <name>", "the stack", "dev")
    .addOption(
      new Option("--format <name>", "json, or the form of Colmena, Ansible or an SSH configuration")
        .choices(inventoryFormats)
        .default("json"),
    )
    .action(async ({ stack, format }: { stack: string; format: InventoryFormat }) => {
      const { handleOfStack } = require("./pulumi/handle") as typeof import("./pulumi/handle");
      const { inventoryOf, inventoryText } =
        require("./inventory/formats") as typeof import("./inventory/formats");
      const { reportTo } = require("./progress") as typeof import("./progress");
      const handle = await handleOfStack(stack, reportTo(process.stderr));
      console.log(inventoryText(inventoryOf(handle), format));
    });
}
