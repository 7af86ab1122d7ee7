import { z } from "zod";
import { choice, integer, named, number, strict, text, variants } from "./fields";
import { userName } from "./users";

export const workloadKinds = ["trace"] as const;

const day = 24 * 3600;

const trace = strict({
  kind: z.literal("trace"),
  file: text(/\S/, "the path of an SWF file").optional(),
  jobs: integer(1, 100_000).default(40),
  timeFactor: number(0.0001, 100).default(1),
  sizes: strict({
    mode: choice(["scale", "clip", "skip"]).default("scale"),
    traceCores: integer(1, 10_000_000).optional(),
  }).prefault({}),
  users: strict({
    count: integer(1, 99).default(3),
    mapping: choice(["round-robin", "by-job"]).default("round-robin"),
    partitions: named(
      userName,
      'a user such as "user01"',
      text(/^[a-z][a-z0-9]{0,11}$/, "the name of a partition"),
    ).prefault({}),
  }).prefault({}),
  runtime: strict({
    min: integer(1, day).default(1),
    max: integer(1, 30 * day).default(3600),
  }).prefault({}),
  body: choice(["sleep", "spin"]).default("sleep"),
  seed: integer(0, 2 ** 31 - 1).default(1),
});

export const workloadSchema = variants("kind", workloadKinds, [trace]);

export type Workload = z.infer<typeof workloadSchema>;
export type WorkloadKind = Workload["kind"];
export type TraceWorkload = Extract<Workload, { kind: "trace" }>;
