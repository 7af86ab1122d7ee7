import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parseSpec } from "../../spec/parse";
import { hardwareProfileNames, networkProfileNames } from "../../spec/profiles";
import { experimentSchema } from "../../spec/spec";

const doc = (name: string) =>
  readFileSync(path.resolve(__dirname, "..", "..", "docs", name), "utf8");

type JsonSchema = {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly oneOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
};

/** Dotted paths of all keys that hold a value; NAME stands for a name of the user's. */
function leaves(schema: JsonSchema, at: string): string[] {
  const options = [...(schema.oneOf ?? []), ...(schema.anyOf ?? [])];
  const below = (key: string) => (at === "" ? key : `${at}.${key}`);
  const found = [
    ...Object.entries(schema.properties ?? {}).flatMap(([key, value]) => leaves(value, below(key))),
    ...(typeof schema.additionalProperties === "object"
      ? leaves(schema.additionalProperties, below("NAME"))
      : []),
    ...options.flatMap((option) => leaves(option, at)),
  ];
  return found.length > 0 ? found : [at];
}

/** `a.{b,c}.d` → a.b.d, a.c.d */
function expand(key: string): string[] {
  const match = /^(.*)\{(.*)\}(.*)$/.exec(key);
  if (match === null) return [key];
  return (match[2] ?? "").split(",").map((option) => `${match[1]}${option}${match[3]}`);
}

const schema = z.toJSONSchema(experimentSchema, { io: "input", unrepresentable: "any" });
const keys = [...new Set(leaves(schema as JsonSchema, ""))].filter((key) => !key.endsWith(".kind"));
const documented = [...doc("configuration.md").matchAll(/^\| `([^`]+)` \|/gm)].flatMap((row) =>
  expand(row[1] ?? ""),
);

describe("docs/configuration.md", () => {
  it("has a row for every key of the schemas", () => {
    expect(keys.length).toBeGreaterThan(60);
    expect(keys.filter((key) => !documented.includes(key))).toEqual([]);
  });

  it("has no row for a key that does not exist", () => {
    expect(documented.filter((key) => !keys.includes(key))).toEqual([]);
  });

  it("names the built-in profiles", () => {
    const { topology } = parseSpec({});
    for (const name of hardwareProfileNames(topology).filter(
      (known) => !/^cpu[2-7]$/.test(known),
    )) {
      expect(doc("configuration.md")).toContain(name);
    }
    for (const name of networkProfileNames(topology)) {
      expect(doc("network.md")).toContain(`| ${name} |`);
    }
  });
});
