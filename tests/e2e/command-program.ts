import { mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { stringify } from "yaml";
import { repoRoot } from "../../base/paths";

/** What the program below makes: `kind` names a class of @pulumi/command. */
export interface Wanted {
  readonly kind: "local.Command" | "remote.Command" | "remote.CopyToRemote" | "remote.CopyFile";
  readonly args: Readonly<Record<string, unknown>>;
}

/**
 * A Pulumi program that reads what to make from a file, so that one project goes through every change. Its
 * notation: {"secret": v}, {"text": v} and {"directory": v} for assets, {"output": ["name", "property"]}.
 */
const commandProgram = `
import { readFileSync } from "node:fs";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

const wanted: Record<string, { kind: string; args: object }> = JSON.parse(
  readFileSync("wanted.json", "utf8"),
);
const made: Record<string, any> = {};
function value(of: any): any {
  if (Array.isArray(of)) return of.map(value);
  if (typeof of !== "object" || of === null) return of;
  if (of.secret !== undefined) return pulumi.secret(of.secret);
  if (of.text !== undefined) return new pulumi.asset.StringAsset(of.text);
  if (of.directory !== undefined) return new pulumi.asset.FileArchive(of.directory);
  if (of.output !== undefined) return made[of.output[0]][of.output[1]];
  return Object.fromEntries(Object.entries(of).map(([key, inner]) => [key, value(inner)]));
}
for (const [name, { kind, args }] of Object.entries(wanted)) {
  const [module, type] = kind.split(".") as ["remote", "Command"];
  made[name] = new command[module][type](name, value(args));
}
const ran = command.local.runOutput({ command: "printf from-run" });
module.exports = {
  run: ran.stdout,
  ...Object.fromEntries(Object.entries(made).map(([name, { stdout }]) => [name, stdout])),
};
`;

/** A Pulumi project of this program, with a directory that stands for the remote side and a tree to copy. */
export async function writeCommandProject(project: string): Promise<void> {
  const at = (...parts: string[]) => path.join(project, ...parts);
  for (const folder of ["remote", "tree/deeper"]) await mkdir(at(folder), { recursive: true });
  await writeFile(at("tree", "deeper", "leaf"), "leaf");
  const definition = {
    name: "command-plugin",
    runtime: { name: "nodejs", options: { typescript: false, nodeargs: "--import tsx" } },
    main: "index.ts",
  };
  await writeFile(at("Pulumi.yaml"), stringify(definition));
  await writeFile(at("package.json"), JSON.stringify({ name: "command-plugin", private: true }));
  await writeFile(at("index.ts"), commandProgram);
  await symlink(path.join(repoRoot, "node_modules"), at("node_modules"));
}
