import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { Failure } from "../base/failure";
import { repoRoot } from "../base/paths";
import type { Layer } from "../campaigns/plan/layer";
import { parseChange } from "../campaigns/whatif/change";
import type { Question } from "../campaigns/whatif/configurations";
import { type SiteFile, siteConfigOf } from "../campaigns/whatif/site-config";
import { parseStackYaml } from "../infra/stack-yaml";
import { isObject } from "../spec/fields";
import { SpecError } from "../spec/problems";
import { readSection } from "../spec/sections";
import { validateStackFile, writtenTuple } from "../spec/stack-file";
import { storeOfCampaign } from "./campaign-run-laboratory";
import { readStackFile, stackFile } from "./stack-file";
import type { WhatIfChoices } from "./whatif-choices";

type Asked = Pick<WhatIfChoices, "stack" | "trace" | "set" | "config" | "with" | "store">;

/** Reads everything that a question names. @throws Failure, SpecError. */
export async function readQuestion(asked: Asked): Promise<Question> {
  const changes = asked.set.map(parseChange);
  const stack = await readStack(isFile(asked.stack) ? asked.stack : stackFile(asked.stack));
  const second = asked.with;
  const isStack = second !== undefined && /\.ya?ml$/i.test(second);
  const named = asked.config === undefined ? (siteConfigOf(stack)?.file ?? null) : null;
  const needed =
    (second !== undefined && !isStack) || changes.some(({ kind }) => kind === "parameter");
  const config = asked.config ?? (named === null ? undefined : path.resolve(repoRoot, named));
  const store = asked.store === undefined ? null : path.resolve(asked.store);
  const ownStore = readSection("run", stack.run).value.store;
  return {
    stack,
    changes,
    trace: asked.trace === undefined ? null : await traceFile(asked.trace),
    otherStack: isStack ? await readStack(second) : null,
    config:
      config !== undefined && (needed || asked.config !== undefined)
        ? await readSite(config)
        : null,
    otherConfig: second !== undefined && !isStack ? await readSite(second) : null,
    files: path.join(path.dirname(store ?? storeOfCampaign(ownStore)), "campaigns", "files"),
    store,
  };
}

function isFile(stack: string): boolean {
  return /[/.]/.test(stack) || existsSync(stack);
}

async function readStack(file: string): Promise<Layer> {
  const document = parseStackYaml(file, await readStackFile(file));
  const { problems } = validateStackFile(document);
  if (problems.length > 0) throw new SpecError(problems);
  const { tuple, encrypted } = writtenTuple(document);
  const [secret] = encrypted;
  if (secret !== undefined) {
    throw new Failure(`${file}: ${secret} is encrypted, and a comparison cannot read it`, {
      remedy: "name a copy of the file without it",
    });
  }
  if (!isObject(tuple)) throw new Failure(`${file} holds no configuration`);
  return tuple;
}

async function readSite(file: string): Promise<SiteFile> {
  try {
    return { name: file, text: await readFile(file, "utf8") };
  } catch (cause) {
    throw new Failure(`cannot read the configuration file ${file}`, { cause });
  }
}

/** As a stack names it: relative to the project where it is in it. */
async function traceFile(named: string): Promise<string> {
  const file = path.resolve(named);
  if (!existsSync(file)) throw new Failure(`there is no file ${named} to replay`);
  const relative = path.relative(repoRoot, file);
  return relative.startsWith("..") ? file : relative;
}
