import { readdir, readFile } from "node:fs/promises";
import { parseDocument } from "yaml";
import { z } from "zod";
import { repoRoot } from "../../base/paths";
import type { Report } from "../../base/report";
import { writeWhole } from "../../base/whole-file";
import { stackFile } from "../stack-file";
import type { PulumiCli } from "./cli";

const stacksSchema = z.array(z.object({ name: z.string() }));
const exportSchema = z.object({
  deployment: z.object({
    secrets_providers: z
      .object({ state: z.object({ salt: z.string().optional() }).optional() })
      .optional(),
  }),
});

interface StackText {
  readonly stack: string;
  readonly text: string;
}

async function filesWithoutSalt(): Promise<StackText[]> {
  const stacks = (await readdir(repoRoot)).flatMap(
    (file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? [],
  );
  const texts = await Promise.all(
    stacks.map(async (stack) => ({ stack, text: await readFile(stackFile(stack), "utf8") })),
  );
  return texts.filter(({ text }) => !/^(encryptionsalt|secretsprovider):/m.test(text));
}

/** The stack file's text with the salt that belongs to the stack's passphrase. */
export function withSalt(text: string, salt: string): string {
  const document = parseDocument(text);
  document.set("encryptionsalt", salt);
  return document.toString();
}

/**
 * Pulumi writes a salt into a stack's file, which is under version control here. Undoing that change
 * makes Pulumi refuse the stack with "incorrect passphrase". The stack's state also has the salt, and
 * it is restored from there.
 */
export async function restoreSalts(pulumi: PulumiCli, report: Report): Promise<void> {
  const candidates = await filesWithoutSalt();
  if (candidates.length === 0) return;
  const known = stacksSchema.parse(JSON.parse(await pulumi.read("stack", "ls", "--json")));
  for (const { stack, text } of candidates) {
    if (!known.some(({ name }) => name === stack)) continue;
    const state = exportSchema.parse(JSON.parse(await pulumi.read("stack", "export", "-s", stack)));
    const salt = state.deployment.secrets_providers?.state?.salt;
    if (salt === undefined) continue;
    const file = stackFile(stack);
    writeWhole(file, withSalt(text, salt));
    report(`${file} had lost the salt of the stack's passphrase: restored`);
  }
}
