/** The key under which the provider keeps words without a value. */
const bare = "_";

/**
 * A kernel command line as the provider reads it back from libvirt: sorted parameters, a new map at
 * each key that occurs again, then all words without a value. In any other form an unchanged machine
 * would differ from its state, and be replaced by every `up`.
 */
export function commandLine(kernelArguments: string): Record<string, string>[] {
  const words = kernelArguments.split(/\s+/).filter(Boolean);
  const maps: Record<string, string>[] = [];
  for (const word of words.filter((other) => other.includes("=")).sort()) {
    const equals = word.indexOf("=");
    const key = word.slice(0, equals);
    const value = word.slice(equals + 1);
    const last = maps.at(-1);
    if (last === undefined || Object.hasOwn(last, key)) maps.push({ [key]: value });
    else last[key] = value;
  }
  const others = words.filter((word) => !word.includes("="));
  return others.length === 0 ? maps : [...maps, { [bare]: others.join(" ") }];
}
