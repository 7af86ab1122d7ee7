import { z } from "zod";

const text = z.string().min(1);

/** A run's conditions: whatever has to be equal for two runs to be comparable. */
export const provenanceSchema = z.strictObject({
  /** The validated spec as canonical JSON. */
  specJson: text,
  configHash: text,
  /** `debian`, `nix` or `path`; absent from runs of versions whose only maker was Debian's. */
  imageMaker: text.default("debian"),
  imageRole: text,
  imageKey: text,
  /** Packages of the user's in the image: content key and versions, as JSON; null without any. */
  imagePackages: text.nullable().default(null),
  /** sha256 of the trace's bytes; null for a workload without a trace. */
  traceHash: text.nullable(),
  traceName: text.nullable(),
  /**
   * SHA-256 of a program of the user's, such as HPCG; null for a workload without one. Absent from
   * runs of versions that did not record it.
   */
  programHash: text.nullable().default(null),
  /** Git commit of the harness; null outside a checkout. */
  codeHash: text.nullable(),
  codeDirty: z.boolean().nullable(),
  seed: z.int(),
  domain: z.enum(["kvm", "lxc", "qemu"]),
  hypervisorUri: text,
  overcommit: z.strictObject({ cores: z.number().min(1), memory: z.number().min(1) }),
  networkScale: z.number().nonnegative(),
  /** Seconds of the scheduler's clock in a second of the host's. */
  clockFactor: z.number().min(1).default(1),
  schedulerKind: text,
  schedulerVersion: text.nullable(),
  policyJson: text,
  /** `uname -r` of the nodes; a node that differs has its own in nodes.json. */
  nodeKernel: text.nullable(),
  /** The software that jobs use on the compute nodes: distribution and packages, as JSON. */
  nodeSoftware: text.nullable().default(null),
  hostKernel: text,
  hostCpuModel: text,
  hostCores: z.int().positive(),
  /** One-minute load averages of the host. */
  hostLoadBefore: z.number().nonnegative(),
  hostLoadAfter: z.number().nonnegative().nullable(),
  harnessVersion: text,
  /** Node clock minus harness clock, by node name; null where it could not be measured. */
  clockOffsetMs: z.record(text, z.number().nullable()),
  /** What the jobs do, such as `sleep` or `spin`. */
  bodies: z.array(text),
});
export type Provenance = z.infer<typeof provenanceSchema>;
