import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** Everything that decides what comes out of a build. */
export interface BuildInputs {
  /** Contents by path; the order does not matter. */
  readonly files: Readonly<Record<string, string>>;
  /** Compiler, flags, keys of other builds. */
  readonly facts: Readonly<Record<string, string>>;
}

const keyLength = 16;

/** A content key: equal inputs give equal keys on every host. */
export function contentKey({ files, facts }: BuildInputs): string {
  const sorted = (record: Readonly<Record<string, string>>) =>
    Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify([sorted(files), sorted(facts)]);
  return createHash("sha256").update(text).digest("hex").slice(0, keyLength);
}

/**
 * A Go module's sources by path. What a build writes next to them, and tests, do not count. For a
 * program of another module (`external`) only the versions in go.mod and go.sum matter.
 */
export function moduleSources(directory: string, external: boolean): Record<string, string> {
  const isSource = (name: string) =>
    name === "go.mod" ||
    name === "go.sum" ||
    (!external && name.endsWith(".go") && !name.endsWith("_test.go"));
  const names = readdirSync(directory, { recursive: true, encoding: "utf8" });
  return Object.fromEntries(
    names
      .filter(isSource)
      .map((name) => [
        name.split(path.sep).join("/"),
        readFileSync(path.join(directory, name), "utf8"),
      ]),
  );
}
