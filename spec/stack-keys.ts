import { nearestName, unknownKey } from "./problems";
import { experimentSchema } from "./spec";

/** The project's name in Pulumi.yaml, before the colon of its configuration keys. */
export const configNamespace = "schedlab";

const sections = Object.keys(experimentSchema.shape);
const configKeys = sections.map((section) => `${configNamespace}:${section}`);

/** What a key of a stack's configuration is to this project. */
export type ConfigKey =
  | { readonly kind: "section"; readonly section: string }
  | { readonly kind: "refused"; readonly message: string }
  /** Of another namespace, such as a provider's. */
  | { readonly kind: "foreign" };

/**
 * The key as Pulumi stores it: a key without a namespace gets the project's, and `ns:config:name` is an
 * older form of `ns:name`.
 */
function qualified(key: string): string {
  const parts = key.split(":");
  if (parts.length === 1) return `${configNamespace}:${key}`;
  return parts.length === 3 && parts[1] === "config" ? `${parts[0]}:${parts[2]}` : key;
}

/**
 * Distinguishes a key of ours from a foreign one, and from one that was meant to be ours. `written`
 * says whether the key is as somebody wrote it in a file, where the namespace may be missing.
 */
export function configKey(key: string, written: boolean): ConfigKey {
  const full = qualified(key);
  const at = full.indexOf(":");
  const [namespace, name] = [full.slice(0, at), full.slice(at + 1)];
  if (namespace !== configNamespace) {
    const near = nearestName(namespace, [configNamespace]) !== undefined;
    if (!near && !sections.includes(name)) return { kind: "foreign" };
    const right = `${configNamespace}:${name}`;
    return {
      kind: "refused",
      message: configKeys.includes(right)
        ? `unknown key: "${namespace}" is not this project's namespace, did you mean "${right}"?`
        : unknownKey(key, configKeys),
    };
  }
  if (!configKeys.includes(full)) return { kind: "refused", message: unknownConfigKey(full) };
  if (written && !key.includes(":")) {
    return {
      kind: "refused",
      message: `unknown key: it lacks the namespace, did you mean "${full}"?`,
    };
  }
  return { kind: "section", section: name };
}

function unknownConfigKey(key: string): string {
  const dotted = key.slice(configNamespace.length + 1).split(/[.[]/)[0] ?? "";
  if (/[.[]/.test(key) && sections.includes(dotted)) {
    return `unknown key; set a nested value with pulumi config set --path '${key}' VALUE`;
  }
  return unknownKey(key, configKeys);
}
