import { kubernetesProgramsMissing, onlyWhole } from "../contract/stack";
import { elasticOnStack } from "./elastic-suite";

elasticOnStack({
  kind: "kubernetes",
  controller: { profile: "cpu1-512m", memory: "2GiB" },
  nodes: { profile: "cpu2-512m", memory: "1GiB" },
  again: 80,
  requeues: true,
  missing: async () => onlyWhole("test:elastic") || kubernetesProgramsMissing(),
});
