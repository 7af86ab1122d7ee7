/** A kind of plugin that the site's policy may choose. */
interface Plugins {
  /** In the image. Debian's packages have them. */
  readonly names: readonly string[];
  /** What earlier versions had, and what became of it. */
  readonly gone: Readonly<Record<string, string>>;
}

/** By the key that names them, in lower case. Settings without plugins are not in it. */
export const plugins: ReadonlyMap<string, Plugins> = new Map([
  [
    "selecttype",
    {
      names: ["cons_tres", "linear"],
      gone: {
        cons_res:
          "Slurm 24.11 has it no longer, and select/cons_tres does the same with the same parameters",
        cray: "it needs a Cray's own network",
        cray_aries: "Slurm 24.11 has it no longer",
        serial: "Slurm 24.11 has it no longer",
      },
    },
  ],
  [
    "schedulertype",
    { names: ["backfill", "builtin"], gone: { hold: "Slurm 24.11 has it no longer" } },
  ],
  ["prioritytype", { names: ["basic", "multifactor"], gone: {} }],
  [
    "preempttype",
    {
      names: ["none", "partition_prio", "qos"],
      gone: { job_prio: "Slurm 24.11 has it no longer" },
    },
  ],
  [
    "topologyplugin",
    {
      names: ["default", "flat", "none", "tree", "block", "3d_torus"],
      gone: { hypercube: "Slurm 24.11 has it no longer" },
    },
  ],
  ["mcsplugin", { names: ["none", "account", "group", "label", "user"], gone: {} }],
  [
    "jobsubmitplugins",
    {
      names: [
        ...["all_partitions", "defaults", "logging", "lua", "partition", "pbs"],
        ...["require_timelimit", "throttle"],
      ],
      gone: { cray_aries: "Slurm 24.11 has it no longer" },
    },
  ],
]);
