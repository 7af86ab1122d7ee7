import type { PlacementNotation } from "../adapter";

/** The wrapper knows its own node's name only; Flux's records have the others. */
export const fluxPlacement: PlacementNotation = {
  nodes: (text) => (text === "" ? [] : [text]),
  whole: false,
  cores: () => [],
};
