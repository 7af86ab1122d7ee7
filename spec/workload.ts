import { z } from "zod";
import { mpiShapes } from "./benchmark-workload";
import { elasticShape } from "./elastic-workload";
import { integer, named, number, strict, variants } from "./fields";
import { show } from "./problems";
import { replayShapes } from "./replay-workload";
import { resampleSchema } from "./resample";

const simpleKinds = ["trace", "poisson", "lublin", "hpl", "hpcg", "elastic"] as const;
export const workloadKinds = [...simpleKinds, "mixed"] as const;

/** Of one workload. */
export const mostJobs = 100_000;

const seed = () => integer(0, 2 ** 31 - 1).default(1);
/** Keys that a mixture has once, and that each workload has when it is used alone. */
const alone = { seed: seed() };
/** Jobs of a log or a model can be drawn anew. */
const replayed = { jobs: integer(1, mostJobs).default(40), resample: resampleSchema, ...alone };
/** Of a log, all usable jobs may be taken: those of a window, for example. */
const logged = {
  ...replayed,
  jobs: z
    .union([z.literal("all"), integer(1, mostJobs)], {
      error: ({ input }) => `expected 1..${mostJobs} or all, got ${show(input)}`,
    })
    .default(40),
};
const benchmarked = { jobs: integer(1, 1000).default(3), ...alone };

const shared = { share: number(0.001, 1) };

const mixed = strict({
  kind: z.literal("mixed"),
  /** Of the components that have a share of them: those of `elastic` come on top. */
  jobs: integer(1, mostJobs).default(40),
  resample: resampleSchema,
  users: strict({ count: integer(1, 99).default(3) }).prefault({}),
  components: named(
    /^[a-z][a-z0-9-]{0,30}$/,
    "a name of lower-case letters, digits and -",
    variants(
      "kind",
      simpleKinds,
      [
        strict({ ...shared, ...replayShapes.trace }),
        strict({ ...shared, ...replayShapes.poisson }),
        strict({ ...shared, ...replayShapes.lublin }),
        strict({ ...shared, ...mpiShapes.hpl }),
        strict({ ...shared, ...mpiShapes.hpcg }),
        strict(elasticShape),
      ],
      "trace",
    ),
  ).prefault({}),
  ...alone,
});

export const workloadSchema = variants(
  "kind",
  workloadKinds,
  [
    strict({ ...replayShapes.trace, ...logged }),
    strict({ ...replayShapes.poisson, ...replayed }),
    strict({ ...replayShapes.lublin, ...replayed }),
    strict({ ...mpiShapes.hpl, ...benchmarked }),
    strict({ ...mpiShapes.hpcg, ...benchmarked }),
    strict({ ...elasticShape, ...alone }),
    mixed,
  ],
  "trace",
);

export type Workload = z.infer<typeof workloadSchema>;
export type WorkloadKind = Workload["kind"];
type OfKind<Kind extends WorkloadKind> = Extract<Workload, { kind: Kind }>;

export type TraceWorkload = OfKind<"trace">;
export type PoissonWorkload = OfKind<"poisson">;
export type LublinWorkload = OfKind<"lublin">;
export type HplWorkload = OfKind<"hpl">;
export type HpcgWorkload = OfKind<"hpcg">;
export type ElasticWorkload = OfKind<"elastic">;
export type MixedWorkload = OfKind<"mixed">;
/** Replayed from a log, whether recorded or made by a model. */
export type ReplayWorkload = TraceWorkload | PoissonWorkload | LublinWorkload;
export type SimpleWorkload = Exclude<Workload, MixedWorkload>;
