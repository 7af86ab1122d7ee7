import { type Campaign, campaignSchema } from "../../spec/campaign/schema";
import { pathProblem } from "../../spec/campaign/tuple-keys";
import { isObject } from "../../spec/fields";
import { problemsOf, unusableKeys } from "../../spec/form";
import { type Problem, suggestion } from "../../spec/problems";
import { isSection, sections } from "../../spec/sections";
import { merged, nested } from "./layer";
import type { Override } from "./override";

/** A campaign as the file and the command line together have it. */
export interface Overridden {
  readonly campaign: Campaign;
  /** The axes of the file alone. */
  readonly declared: Campaign["axes"];
}

/** Keys of the campaign itself that the command line can set; its other keys belong to the file. */
const settings = Object.keys(campaignSchema.shape).filter(
  (key) => key !== "parts" && key !== "axes",
);

type Document = Readonly<Record<string, unknown>>;

/**
 * The campaign of a parsed file with these overrides, as far as they can be applied; undefined where it is
 * none. And everything that is wrong with either.
 */
export function overriddenCampaign(
  document: unknown,
  overrides: readonly Override[],
): { readonly read: Overridden | undefined; readonly problems: readonly Problem[] } {
  const unusable = [
    ...unusableKeys(document, []),
    ...overrides.flatMap(({ text, values }) => unusableKeys(values, [text])),
  ];
  if (unusable.length > 0) return { read: undefined, problems: unusable };
  const file = campaignSchema.safeParse(document);
  if (!file.success) return { read: undefined, problems: problemsOf(file.error) };
  const problems: Problem[] = [];
  const changed = overrides.reduce<Document>((current, override) => {
    const next = applied(current, override);
    if (typeof next !== "string") return next;
    problems.push({ path: override.text, message: next });
    return current;
  }, document as Document);
  const result = campaignSchema.safeParse(changed);
  if (!result.success) {
    return { read: undefined, problems: [...problems, ...problemsOf(result.error)] };
  }
  return { read: { campaign: result.data, declared: file.data.axes }, problems };
}

/** The document with the override, or why it cannot be applied. */
function applied(document: Document, override: Override): Document | string {
  const { key } = override;
  const [first = ""] = key.split(".");
  if (settings.includes(first)) return withSetting(document, override);
  if (first === "axes" || first === "parts") {
    return first === "axes"
      ? `name the axis alone: ${key.slice(5)}=…`
      : "parts can be changed in the file only";
  }
  const axes = isObject(document.axes) ? document.axes : {};
  const there = Object.hasOwn(axes, key);
  if (override.action === "add" && there) {
    return `the axis is there already; write ${key}=… to change it`;
  }
  if (override.action === "remove" && there) {
    const { [key]: _, ...others } = axes;
    return { ...document, axes: others };
  }
  if (!there) {
    const problem = keyProblem(key, override, Object.keys(axes));
    if (problem !== undefined) return problem;
  }
  // A null is the default of the key, whatever the parts say of it.
  const values = override.action === "remove" ? [null] : override.values;
  return { ...document, axes: { ...axes, [key]: values } };
}

/** What is wrong with the key of an axis that the file does not have. */
function keyProblem(
  key: string,
  { action }: Override,
  axes: readonly string[],
): string | undefined {
  if (isSection(key)) {
    return action === "remove" ? "not an axis; name a key of this section" : undefined;
  }
  const problem = pathProblem(key);
  if (problem === undefined || (action === "add" && !key.includes("."))) return undefined;
  const near = suggestion(key, [...axes, ...settings, ...sections]);
  if (near === "" || problem.includes("did you mean")) return problem;
  return `unknown key${near}`;
}

/** Settings have one value each: they are no axes. */
function withSetting(document: Document, { key, action, values }: Override): Document | string {
  if (action === "remove") return merged(document, nested(key, null)) as Document;
  const [value, ...others] = values;
  if (key !== "base" && others.length > 0) return "is no axis: give one value";
  return merged(document, nested(key, key === "base" ? listOf(values) : value)) as Document;
}

/** `base=small,trace` and `base=[small,trace]` are the same. */
function listOf(values: readonly unknown[]): unknown {
  const [first] = values;
  return values.length === 1 && Array.isArray(first) ? first : values;
}
