import type { Campaign, CampaignPart } from "../../spec/campaign/schema";
import { type Problem, suggestion } from "../../spec/problems";
import type { Layer } from "./layer";

/** The parts of a campaign, each as layers: those that it builds on, and itself on top. */
export interface Parts {
  readonly names: readonly string[];
  /** Undefined for a name that is not there. */
  readonly layers: (name: string) => readonly Layer[] | undefined;
  /** What lies below every tuple. */
  readonly base: readonly Layer[];
  readonly problems: readonly Problem[];
}

/** Composes the parts. Names that are not there and parts that build on themselves are problems. */
export function composedParts({ parts, base }: Campaign): Parts {
  const names = Object.keys(parts);
  const problems: Problem[] = [];
  const done = new Map<string, readonly Layer[]>();

  function layersOf(wanted: readonly string[], path: string, trail: readonly string[]): Layer[] {
    return wanted.flatMap((name, index) => {
      const part = Object.hasOwn(parts, name) ? parts[name] : undefined;
      if (part === undefined) {
        problems.push({ path: `${path}.${index}`, message: unknownPart(name, names) });
        return [];
      }
      if (trail.includes(name)) {
        const circle = [...trail.slice(trail.indexOf(name)), name].join(" → ");
        problems.push({ path: `${path}.${index}`, message: `builds on itself: ${circle}` });
        return [];
      }
      return layersOfPart(name, part, trail);
    });
  }

  function layersOfPart(name: string, part: CampaignPart, trail: readonly string[]) {
    const known = done.get(name);
    if (known !== undefined) return known;
    const { base: below, ...own } = part;
    const layers = [...layersOf(below, `parts.${name}.base`, [...trail, name]), own];
    done.set(name, layers);
    return layers;
  }

  for (const [name, part] of Object.entries(parts)) layersOfPart(name, part, []);
  const below = layersOf(base, "base", []);
  return { names, layers: (name) => done.get(name), base: below, problems };
}

export function unknownPart(name: string, known: readonly string[]): string {
  const near = suggestion(name, known);
  const all = known.length === 0 ? "the campaign has no parts" : `known: ${known.join(", ")}`;
  return `no such part: "${name}"${near === "" ? ` (${all})` : near}`;
}
