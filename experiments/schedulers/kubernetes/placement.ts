import type { PlacementNotation } from "../adapter";

/** A pod knows its own node; where the job's other pods are, the API server says. */
export const kubernetesPlacement: PlacementNotation = {
  nodes: (text) => (text === "" ? [] : [text]),
  whole: false,
  cores: () => [],
};
