import { parseDocument } from "yaml";

export interface Overrides {
  readonly domain?: string;
  readonly nodes?: number;
  readonly trace?: string;
  readonly jobs?: number;
  readonly timeFactor?: number;
}

const places: Record<keyof Overrides, readonly string[]> = {
  domain: ["schedlab:topology", "domain"],
  nodes: ["schedlab:topology", "nodes", "count"],
  trace: ["schedlab:workload", "file"],
  jobs: ["schedlab:workload", "jobs"],
  timeFactor: ["schedlab:workload", "timeFactor"],
};

/** The stack file's text with the given values set; comments and all else stay as they are. */
export function withOverrides(text: string, overrides: Overrides): string {
  const document = parseDocument(text);
  for (const [name, place] of Object.entries(places)) {
    const value = overrides[name as keyof Overrides];
    if (value !== undefined) document.setIn(["config", ...place], value);
  }
  return document.toString();
}

/** How to make the same changes to the stack for good. */
export function overrideCommands(overrides: Overrides, stack: string): string[] {
  return Object.entries(places).flatMap(([name, [key, ...rest]]) => {
    const value = overrides[name as keyof Overrides];
    return value === undefined
      ? []
      : [`pulumi config set --path '${[key, ...rest].join(".")}' '${value}' -s ${stack}`];
  });
}
