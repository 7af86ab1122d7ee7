/** `/nix/store/HASH-NAME` as NAME, wherever it stands. */
function plain(text: string): string {
  return text.replaceAll(/\/nix\/store\/[0-9a-z]{32}-/g, "").replaceAll(/\.drv\b/g, "");
}

/**
 * Turns the lines that Nix prints while it builds into lines of progress: what it begins to build or to
 * fetch, with its place among how many. Undefined for lines that say neither.
 */
export function nixProgress(): (line: string) => string | undefined {
  const planned = { build: 0, fetch: 0 };
  const begun = { build: 0, fetch: 0 };
  const step = (what: keyof typeof planned, text: string) => {
    begun[what] += 1;
    const of = planned[what] >= begun[what] ? ` (${begun[what]} of ${planned[what]})` : "";
    return `${plain(text)}${of}`;
  };
  return (line) => {
    const many = /^(?:these|this) (?:(\d+) )?(derivation|path)s? will be (built|fetched)/.exec(
      line,
    );
    if (many) {
      const [, count = "1", , done] = many;
      planned[done === "built" ? "build" : "fetch"] += Number(count);
      return undefined;
    }
    const building = /^building '([^']+)'/.exec(line);
    if (building) return step("build", `building ${building[1]}`);
    const copying = /^copying path '([^']+)'/.exec(line);
    if (copying) return step("fetch", `fetching ${copying[1]}`);
    const input = /^(?:unpacking|downloading|fetching) .*/.exec(line);
    return input ? plain(input[0].replace(/\.\.\.$/, "")) : undefined;
  };
}
