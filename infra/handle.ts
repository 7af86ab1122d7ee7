import { z } from "zod";
import { outsideDescriptionSchema } from "../images/outside/description";
import { imageMakers } from "../spec/image";
import { experimentSchema } from "../spec/spec";

/**
 * The stack's output, as JSON: all that the experiment knows of the infrastructure.
 * `cluster.privateKey` is a secret; nothing else in it is.
 */

const nonNegative = z.number().nonnegative();

export const linkSchema = z.strictObject({
  /** After scaling; null means no limit. */
  bandwidthMbps: z.number().positive().nullable(),
  /** One way, after scaling; null means none added. */
  latencyUs: nonNegative.nullable(),
  bandwidthApplied: z.boolean(),
  latencyApplied: z.boolean(),
  /** Why something asked for was not applied. */
  reason: z.string().nullable(),
});

export const handleNodeSchema = z.strictObject({
  name: z.string(),
  role: z.enum(["controller", "compute"]),
  pool: z.string(),
  address: z.ipv4(),
  port: z.int().min(1).max(65_535),
  /** The public host key, known before the first connection: `ssh-ed25519 AAAA…`. */
  hostKey: z.string().startsWith("ssh-ed25519 "),
  vcpus: z.int().positive(),
  memoryMiB: z.int().positive(),
  gpus: z.int().nonnegative(),
  link: linkSchema,
});

export const handleSchema = z.strictObject({
  version: z.literal(1),
  /** The stack's name. */
  experiment: z.string(),
  spec: experimentSchema,
  tupleHash: z.string().regex(/^[0-9a-f]{64}$/),
  domain: z.enum(["kvm", "lxc", "qemu"]),
  cluster: z.strictObject({
    name: z.string(),
    user: z.literal("root"),
    privateKey: z.string(),
    /** The controller first. */
    nodes: z.array(handleNodeSchema).min(2),
    partitions: z.array(z.strictObject({ name: z.string(), nodes: z.array(z.string()).min(1) })),
  }),
  conditions: z.strictObject({
    /** Absent from handles of versions whose only maker was Debian's. */
    imageMaker: z.enum(imageMakers).default("debian"),
    imageRole: z.string(),
    imageKey: z.string(),
    /** Packages of the user's in the image, if any, with their content key. */
    imagePackages: outsideDescriptionSchema.exactOptional(),
    hypervisorUri: z.string(),
    overcommit: z.strictObject({ cores: z.number(), memory: z.number() }),
    networkScale: z.number(),
  }),
  /** Path of the DuckDB file. */
  store: z.string(),
  /** Which of a campaign's runs this is for; a stack's own output has none. */
  campaign: z
    .strictObject({
      name: z.string().min(1),
      repeat: z.int().positive(),
      position: z.int().positive(),
    })
    .exactOptional(),
});

export type Handle = z.infer<typeof handleSchema>;
export type HandleNode = z.infer<typeof handleNodeSchema>;
export type Link = z.infer<typeof linkSchema>;
