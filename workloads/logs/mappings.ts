import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { Failure } from "../../base/failure";
import { messageOf } from "../../base/thrown";
import { suggestion } from "../../spec/problems";
import { type Field, type Mapping, mappingSchema } from "./mapping";

const folder = path.join(__dirname, "mappings");
/** The Standard Workload Format is read without a mapping. */
export const swfName = "swf";

/** Names of the formats that come with schedlab, without that of the standard. */
export function formatNames(): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => name.slice(0, -".yaml".length))
    .sort();
}

/** Those that come with schedlab, in the order in which they are tried. */
export function shippedMappings(): Mapping[] {
  return formatNames()
    .map(shipped)
    .sort((a, b) => b.recognise.rank - a.recognise.rank);
}

function shipped(name: string): Mapping {
  return checked(parsedFile(path.join(folder, `${name}.yaml`)), `the mapping ${name}`);
}

/**
 * The mapping that `--format` or `workload.format` names: one that comes with schedlab, or a file.
 * @param directory where a relative path begins.
 */
export function mappingNamed(format: string, directory: string): Mapping {
  if (formatNames().includes(format)) return shipped(format);
  if (!/[./]/.test(format)) {
    const known = [swfName, ...formatNames()];
    throw new Failure(`there is no format "${format}"${suggestion(format, known)}`, {
      remedy: `take one of ${known.join(", ")}, or the path of a mapping such as ./my-site.yaml`,
    });
  }
  return checked(parsedFile(path.resolve(directory, format)), format);
}

function parsedFile(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new Failure(`cannot read the mapping ${file}: ${messageOf(error)}`, { cause: error });
  }
  try {
    return parse(text);
  } catch (error) {
    throw new Failure(`the mapping ${file} is no YAML: ${messageOf(error)}`, { cause: error });
  }
}

/** A mapping with `extends` has the keys of that one, and its own instead of them. */
function checked(input: unknown, name: string): Mapping {
  const result = mappingSchema.safeParse(extended(input));
  if (!result.success) {
    const problems = result.error.issues.map((issue) =>
      issue.path.length === 0 ? issue.message : `${issue.path.join(".")}: ${issue.message}`,
    );
    throw new Failure(`${name} is no mapping: ${problems[0]}`, {
      ...(problems.length > 1 ? { detail: problems.slice(1).join("\n") } : {}),
      remedy: "docs/logs.md has the keys of a mapping, and an example",
    });
  }
  const { data } = result;
  for (const [field, source] of Object.entries(data.fields)) {
    const { column, sql } = source as Field;
    if ((column === undefined) === (sql === undefined)) {
      throw new Failure(`${name}: fields.${field} needs either a column or sql`);
    }
    if (column === undefined || data.query !== undefined || column === "line") continue;
    if (!Object.hasOwn(data.columns, column)) {
      const near = suggestion(column, Object.keys(data.columns));
      throw new Failure(
        `${name}: fields.${field} is from ${column}, which is not in columns${near}`,
      );
    }
  }
  return data;
}

function extended(input: unknown): unknown {
  if (typeof input !== "object" || input === null || !("extends" in input)) return input;
  const { extends: base, ...own } = input as Record<string, unknown> & { extends: unknown };
  const known = formatNames();
  if (typeof base !== "string" || !known.includes(base)) {
    throw new Failure(`a mapping cannot extend ${JSON.stringify(base)}`, {
      remedy: `extend one of ${known.join(", ")}`,
    });
  }
  const inherited = parsedFile(path.join(folder, `${base}.yaml`)) as Record<string, unknown>;
  // A query of one's own may leave out the column that the inherited `single` needs.
  const without = "query" in own ? { single: undefined } : {};
  const merged: Record<string, unknown> = { ...inherited, ...without, ...own };
  for (const key of ["columns", "fields"]) {
    merged[key] = { ...(inherited[key] as object), ...((own[key] as object | undefined) ?? {}) };
  }
  return merged;
}
