import { fluxPackagesMissing, onlyWhole } from "../contract/stack";
import { elasticOnStack } from "./elastic-suite";

elasticOnStack({
  kind: "flux",
  controller: { profile: "cpu1-512m" },
  nodes: { profile: "cpu2-512m" },
  again: 34,
  requeues: false,
  missing: async () => onlyWhole("test:elastic") || fluxPackagesMissing(),
});
