import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { z } from "zod";
import { canonicalJson } from "../../base/canonical-json";
import { repoRoot } from "../../base/paths";
import type { Handle } from "../../infra/handle";
import { clockFactor } from "../../spec/clock";
import type { Provenance } from "../../store/provenance";
import { programHash } from "../../workloads/hpcg/hash";
import type { PlannedWorkload } from "../../workloads/planned";
import { codeVersion } from "./code-version";
import type { NodeFacts } from "./node-setup";

export interface ProvenanceInput {
  readonly handle: Handle;
  readonly workload: PlannedWorkload;
  readonly schedulerVersion: string;
  readonly facts: ReadonlyMap<string, NodeFacts>;
}

/** The conditions of a run, as far as they are known when it starts. */
export async function collectProvenance(input: ProvenanceInput): Promise<Provenance> {
  const { handle, workload, facts } = input;
  const { conditions, spec } = handle;
  const specJson = canonicalJson(spec);
  const [kernel = null] = [...facts.values()].map((node) => node.kernel);
  const software = new Set(
    handle.cluster.nodes
      .filter(({ role }) => role === "compute")
      .map(({ name }) => facts.get(name)?.software ?? null),
  );
  return {
    specJson,
    configHash: createHash("sha256").update(specJson).digest("hex"),
    imageMaker: conditions.imageMaker,
    imageRole: conditions.imageRole,
    imageKey: conditions.imageKey,
    imagePackages: conditions.imagePackages ? canonicalJson(conditions.imagePackages) : null,
    traceHash: workload.trace?.hash ?? null,
    traceName: workload.trace?.name ?? null,
    programHash: programHash(workload.tasks),
    ...(await codeVersion()),
    seed: spec.workload.seed,
    domain: handle.domain,
    hypervisorUri: conditions.hypervisorUri,
    overcommit: conditions.overcommit,
    networkScale: conditions.networkScale,
    clockFactor: clockFactor(spec.run),
    schedulerKind: spec.scheduler.kind,
    schedulerVersion: input.schedulerVersion || null,
    policyJson: canonicalJson(spec.scheduler.policy),
    nodeKernel: kernel,
    // Nodes of one role have one image; where they differ all the same, each kind is named.
    nodeSoftware: [...software].sort().join(" or ") || null,
    hostKernel: os.release(),
    hostCpuModel: os.cpus()[0]?.model ?? "unknown",
    hostCores: os.availableParallelism(),
    hostLoadBefore: hostLoad(),
    hostLoadAfter: null,
    harnessVersion: packageVersion(),
    clockOffsetMs: Object.fromEntries(
      [...facts].map(([name, { clock }]) => [name, clock.offsetMs]),
    ),
    bodies: [...new Set(workload.tasks.map(({ kind }) => kind))],
  };
}

export function hostLoad(): number {
  return os.loadavg()[0] ?? 0;
}

function packageVersion(): string {
  const text = fs.readFileSync(path.join(repoRoot, "package.json"), "utf8");
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}
