import { readdirSync } from "node:fs";
import { Failure } from "../../base/failure";
import { repoRoot } from "../../base/paths";
import type { Check } from "../../host/doctor";
import { makeImage } from "../../images/maker";
import { usableNix } from "../../images/nix/nix";
import type { ImageSpec } from "../../spec/image";
import type { SchedulerKind } from "../../spec/scheduler";
import { stackFile, validateFile } from "../stack-file";

/** A stack whose image another maker than Debian's makes. */
export interface AskingStack {
  readonly stack: string;
  readonly role: SchedulerKind;
  readonly image: ImageSpec;
}

/** One line for each stack of the project that asks for such an image. */
export async function makerChecks(): Promise<Check[]> {
  const checks: Check[] = [];
  for (const asking of await askingStacks()) checks.push(await makerCheck(asking));
  return checks;
}

/** Whether the stack could have its image; nothing is built. */
export async function makerCheck({ stack, role, image }: AskingStack): Promise<Check> {
  const name = `image of stack ${stack}`;
  try {
    return { name, status: "ok", detail: await found(stack, role, image), remedy: null };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const detail = [error.message, error.detail].filter(Boolean).join(" ").replaceAll("\n", "; ");
    return { name, status: "warn", detail, remedy: error.remedy ?? null };
  }
}

async function found(stack: string, role: SchedulerKind, image: ImageSpec): Promise<string> {
  if (image.maker !== "path") return usableNix();
  const needs = { mpi: false, programs: [] };
  const { dir, key } = await makeImage({ stack, role, image, needs }, () => {});
  return `${dir}, key ${key}`;
}

/** Of the stack files; one that is not valid is for `schedlab validate` to speak of. */
async function askingStacks(): Promise<AskingStack[]> {
  const stacks = readdirSync(repoRoot).flatMap(
    (name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? [],
  );
  const asking: AskingStack[] = [];
  for (const stack of stacks.sort()) {
    const checked = await validateFile(stackFile(stack)).catch(() => undefined);
    const spec = checked?.valid ? checked.spec : undefined;
    const image = spec?.image;
    if (spec === undefined || image?.maker === undefined || image.maker === "debian") continue;
    asking.push({ stack, role: spec.scheduler.kind, image });
  }
  return asking;
}
