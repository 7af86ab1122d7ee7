import { shellScript } from "../../base/shell-script";

/** Prints the distribution's name and `package version` lines; nothing on a node without dpkg. */
export function softwareScript(packages: readonly string[]): string {
  return shellScript(__dirname, ["node-software.sh"], packages);
}

/**
 * What jobs find on a node, as JSON by name, sorted: equal texts are equal software, whatever else a
 * scheduler's image holds. Null when nothing was said.
 */
export function parseSoftware(lines: readonly string[]): string | null {
  // dpkg lists packages that it only knows of without a version.
  const found = lines.flatMap((line) => {
    const match = /^(\S+) (\S+)$/.exec(line.trim());
    return match?.[1] === undefined || match[2] === undefined ? [] : [[match[1], match[2]]];
  });
  if (found.length === 0) return null;
  found.sort(([a = ""], [b = ""]) => (a < b ? -1 : 1));
  return JSON.stringify(Object.fromEntries(found));
}
