import { z } from "zod";
import { flag, integer, named, strict, text } from "../fields";
import { show } from "../problems";
import { experimentSchema } from "../spec";
import { durationForm, durationPattern } from "./duration";
import { rangeForm } from "./range";

const namePattern = /^[a-z][a-z0-9-]{0,30}$/;
const nameForm = "a name of lower-case letters, digits and -";

/** The stack of a cluster is called by it, and a libvirt domain by the stack. */
const campaignName = () =>
  text(/^[a-z][a-z0-9-]{0,19}$/, "a name of at most 20 lower-case letters, digits and -");

const partNames = () =>
  z.array(text(namePattern, "the name of a part"), {
    error: (issue) => `expected a list of names of parts, got ${show(issue.input)}`,
  });

/** A dotted path into the tuple, or a name of the user's own. */
const axisName = /^[A-Za-z0-9][\w-]*(\.[A-Za-z0-9][\w-]*)*$/;
const axisNameForm = "a key such as workload.seed, or a name";

const axisValues = z.union([z.array(z.unknown()), z.string()], {
  error: (issue) => `expected a list of values or ${rangeForm}, got ${show(issue.input)}`,
});

/** Axis → one of its values, or a list of them. */
const assignments = () =>
  z.array(named(axisName, axisNameForm, z.unknown()), {
    error: (issue) => `expected a list of assignments, got ${show(issue.input)}`,
  });

/** What stands for a section of the tuple in a part: any of its keys, or exactly the section's own. */
type SectionSchemas = Readonly<Record<keyof typeof experimentSchema.shape, z.ZodType>>;

/** The keys of a campaign file, with these schemas for what its parts say of the tuple. */
function campaignShape(sections: SectionSchemas) {
  return {
    name: campaignName(),
    parts: named(
      namePattern,
      nameForm,
      strict({
        /** Parts that this one builds on, the later ones over the earlier ones. */
        base: partNames().prefault([]),
        ...sections,
      }),
    ).prefault({}),
    /** Parts that all tuples have in common, the later ones over the earlier ones. */
    base: partNames().prefault([]),
    axes: named(axisName, axisNameForm, axisValues).prefault({}),
    /** Combinations that are left out; and, where there are any, the only ones that are not. */
    exclude: assignments().prefault([]),
    only: assignments().prefault([]),
    /** Runs of each tuple. */
    repeats: integer(1, 100).default(3),
    order: strict({ seed: integer(0, 2 ** 31 - 1).default(1) }).prefault({}),
    /** No further run is started once it is used up. */
    budget: strict({
      time: text(durationPattern, durationForm).optional(),
      runs: integer(1, 1_000_000).optional(),
    }).prefault({}),
    /** Up at the same time. One by default, since clusters side by side share the host's cores. */
    clusters: z
      .union([z.literal("auto"), integer(1, 64)], {
        error: (issue) => `expected 1..64 or auto, got ${show(issue.input)}`,
      })
      .default(1),
    /** How often a run that failed is tried again. */
    retry: strict({ failed: integer(0, 10).default(1) }).prefault({}),
    /** Clusters stay up once their last run is done. */
    keep: flag().default(false),
  };
}

/** Only the whole tuple can be checked: a part may say as little of it as it likes. */
const anyKeys = z
  .record(z.string(), z.unknown(), {
    error: (issue) => `expected an object, got ${show(issue.input)}`,
  })
  .optional();

export const campaignSchema = strict(
  campaignShape({
    topology: anyKeys,
    scheduler: anyKeys,
    workload: anyKeys,
    run: anyKeys,
    image: anyKeys,
  }),
);

export type Campaign = z.infer<typeof campaignSchema>;
export type CampaignPart = Campaign["parts"][string];

/**
 * JSON Schema of a campaign file, for editors. Unlike {@link campaignSchema} it knows the keys of the
 * tuple within parts; none of them is required there.
 */
export function campaignJsonSchema(): z.core.JSONSchema.BaseSchema {
  const { topology, scheduler, workload, run, image } = experimentSchema.shape;
  const partial = strict(campaignShape({ topology, scheduler, workload, run, image }));
  return z.toJSONSchema(partial, {
    io: "input",
    unrepresentable: "any",
    override: ({ jsonSchema, path }) => {
      if (path.length > 0) delete jsonSchema.required;
      // Without what is required, several variants may allow the same part.
      if (jsonSchema.oneOf !== undefined) {
        jsonSchema.anyOf = jsonSchema.oneOf;
        delete jsonSchema.oneOf;
      }
    },
  });
}
