import { existsSync } from "node:fs";
import path from "node:path";
import { Failure } from "../base/failure";
import { repoRoot } from "../base/paths";
import type { Layer } from "../campaigns/plan/layer";
import { parseChange } from "../campaigns/whatif/change";
import type { Question } from "../campaigns/whatif/configurations";
import { schedulerOf } from "../campaigns/whatif/site-config";
import { parseStackYaml } from "../infra/stack-yaml";
import { isObject } from "../spec/fields";
import { SpecError } from "../spec/problems";
import { specFacts } from "../spec/schedulers/facts";
import { isSection, readSection, sections } from "../spec/sections";
import { writtenTuple } from "../spec/stack-file";
import { storeOfCampaign } from "./campaign-run-laboratory";
import { readStackFile, stackFile } from "./stack-file";
import type { WhatIfChoices } from "./whatif-choices";
import { siteFiles } from "./whatif-site";

type Asked = Pick<WhatIfChoices, "stack" | "trace" | "set" | "config" | "with" | "store">;

/** Reads everything that a question names. @throws Failure, SpecError. */
export async function readQuestion(asked: Asked): Promise<Question> {
  const changes = asked.set.map(parseChange);
  const stack = await readStack(/[/.]/.test(asked.stack) ? asked.stack : stackFile(asked.stack));
  const second = asked.with;
  const isStack = second !== undefined && (await isStackFile(second, stack));
  const otherFile = second !== undefined && !isStack;
  const changesFile = otherFile || changes.some(({ kind }) => kind === "parameter");
  const { config, otherConfig } = await siteFiles(stack, {
    ...{ changesFile, file: asked.config },
    other: otherFile ? second : undefined,
  });
  const store = asked.store === undefined ? null : path.resolve(asked.store);
  const ownStore = readSection("run", stack.run).value.store;
  return {
    stack,
    changes,
    trace: asked.trace === undefined ? null : await traceFile(asked.trace),
    otherStack: isStack ? await readStack(second) : null,
    ...{ config, otherConfig },
    files: path.join(path.dirname(store ?? storeOfCampaign(ownStore)), "campaigns", "files"),
    store,
  };
}

const yaml = /\.ya?ml$/i;

/** Whether a second file is a whole stack; the scheduler's own file may be YAML too. */
async function isStackFile(file: string, stack: Layer): Promise<boolean> {
  if (!yaml.test(file)) return false;
  if (!yaml.test(specFacts[schedulerOf(stack)].site.main)) return true;
  const document = parseStackYaml(file, await readStackFile(file));
  const keys = isObject(document) ? Object.keys(document) : [];
  return keys.length === 0 || keys.some((key) => key === "config" || isSection(key));
}

async function readStack(file: string): Promise<Layer> {
  const { tuple, problems, encrypted } = writtenTuple(
    parseStackYaml(file, await readStackFile(file)),
  );
  if (!isObject(tuple)) throw new Failure(`${file} holds no configuration`);
  const [secret] = encrypted;
  if (secret !== undefined) {
    throw new Failure(`${file}: ${secret} is encrypted, and a comparison cannot read it`, {
      remedy: "name a copy of the file without it",
    });
  }
  // Their form; what contradicts itself between them is found when the campaign is planned.
  const form = sections.flatMap((name) => readSection(name, tuple[name]).problems);
  if (problems.length + form.length > 0) throw new SpecError([...problems, ...form]);
  return tuple;
}

/** As a stack names it: relative to the project where it is in it. */
async function traceFile(named: string): Promise<string> {
  const file = path.resolve(named);
  if (!existsSync(file)) throw new Failure(`there is no file ${named} to replay`);
  const relative = path.relative(repoRoot, file);
  return relative.startsWith("..") ? file : relative;
}
