import { elasticOnStack } from "./elastic-suite";

elasticOnStack({
  kind: "slurm",
  controller: { profile: "cpu1-512m" },
  nodes: { profile: "cpu2-512m" },
  again: 34,
  requeues: true,
});
