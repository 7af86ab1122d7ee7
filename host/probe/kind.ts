import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { z } from "zod";
import { Failure } from "../../base/failure";
import { cacheDir } from "../../base/paths";
import type { Reporter } from "../../base/reporter";
import { messageOf } from "../../base/thrown";
import { writeWhole } from "../../base/whole-file";
import type { DomainKind } from "../domain-kind";
import { hostFacts } from "../facts";
import { ensureLibvirtd } from "../libvirtd";
import { startContainer } from "./container";
import { bootSmallGuest } from "./guest";

/** A stock kernel comes up in a second or two where KVM works. */
const hardwareSeconds = 10;
const emulationSeconds = 120;

const attemptSchema = z.strictObject({
  kind: z.enum(["kvm", "lxc", "qemu"]),
  ok: z.boolean(),
  /** Why not; null when it worked. */
  reason: z.string().nullable(),
  ms: z.number(),
});
export type ProbeAttempt = z.infer<typeof attemptSchema>;

const answerSchema = z.strictObject({
  kind: z.enum(["kvm", "lxc", "qemu"]),
  tried: z.array(attemptSchema),
});
export type DomainKindAnswer = z.infer<typeof answerSchema>;

export interface ProbedImage {
  readonly dir: string;
  /** Role and content key: what was found out of one image is not true of another. */
  readonly name: string;
}

/**
 * Finds the fastest kind of domain that really runs this image here: each kind is tried, in order,
 * until one works. The answer is cached for this kernel, processor, QEMU, libvirt and image.
 * @throws Failure with every reason when none works.
 */
export async function probeDomainKind({
  image,
  report,
}: {
  image: ProbedImage;
  report: Reporter;
}): Promise<DomainKindAnswer> {
  const cached = await cachedDomainKindAnswer(image);
  if (cached) return cached;
  const tried: ProbeAttempt[] = [];
  for (const kind of ["kvm", "lxc", "qemu"] as const) {
    report(`domain kind: trying ${kind}`);
    const attempt = await attemptKind(kind, image, report);
    tried.push(attempt);
    report(
      attempt.ok
        ? `domain kind: ${kind} works (${attempt.ms} ms)`
        : `domain kind: ${kind} does not work: ${attempt.reason}`,
    );
    if (!attempt.ok) continue;
    const answer: DomainKindAnswer = { kind, tried };
    await save(await answerFile(image), answer);
    return answer;
  }
  throw new Failure("No kind of domain works on this host.", {
    remedy: "Run `npx schedlab doctor`.",
    detail: tried.map(({ kind, reason }) => `${kind}: ${reason}`).join("\n"),
  });
}

/** The answer of an earlier probe of this image on this host; null when there is none. */
export async function cachedDomainKind(image: ProbedImage): Promise<DomainKind | null> {
  return (await cachedDomainKindAnswer(image))?.kind ?? null;
}

async function cachedDomainKindAnswer(image: ProbedImage): Promise<DomainKindAnswer | null> {
  const file = await answerFile(image);
  if (!existsSync(file)) return null;
  return readAnswer(readFileSync(file, "utf8"));
}

/** Null for an answer of an older version or a damaged one: it is found out again. */
export function readAnswer(text: string): DomainKindAnswer | null {
  try {
    return answerSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Where an image lies is enough to try it. */
type Tried = Pick<ProbedImage, "dir">;

const probes: Record<DomainKind, (image: Tried, report: Reporter) => Promise<void>> = {
  kvm: async (image) => {
    if (!existsSync("/dev/kvm")) throw new Failure("there is no /dev/kvm");
    await bootSmallGuest(image.dir, "kvm", hardwareSeconds);
  },
  lxc: async (image, report) => {
    await ensureLibvirtd({ report });
    await startContainer(image.dir);
  },
  qemu: (image) => bootSmallGuest(image.dir, "tcg", emulationSeconds),
};

/** Tries one kind; never throws. */
export async function attemptKind(
  kind: DomainKind,
  image: Tried,
  report: Reporter,
): Promise<ProbeAttempt> {
  const start = performance.now();
  const ms = () => Math.round(performance.now() - start);
  try {
    await probes[kind](image, report);
    return { kind, ok: true, reason: null, ms: ms() };
  } catch (error) {
    return {
      kind,
      ok: false,
      reason: messageOf(error),
      ms: ms(),
    };
  }
}

async function answerFile(image: ProbedImage): Promise<string> {
  const { kernel, cpuModel } = await hostFacts();
  const parts = [
    kernel,
    cpuModel,
    await version("qemu-system-x86_64"),
    await version("libvirtd"),
    existsSync("/dev/kvm") ? "kvm device" : "no kvm device",
    image.name,
  ];
  const key = createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 16);
  return path.join(cacheDir(), "host", `domain-kind-${key}.json`);
}

async function version(command: string): Promise<string> {
  const { stdout } = await execa(command, ["--version"], {
    reject: false,
    timeout: 10_000,
    env: { PATH: `${process.env.PATH ?? ""}:/usr/sbin` },
  });
  return stdout?.split("\n")[0] ?? "";
}

async function save(file: string, answer: DomainKindAnswer): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  writeWhole(file, `${JSON.stringify(answer, null, 2)}\n`);
}
