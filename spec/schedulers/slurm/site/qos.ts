import type { SiteProblem } from "../../site-problem";

/** A QOS as `sacctmgr -P show qos` prints it. */
export interface Qos {
  readonly name: string;
  /** By sacctmgr's own name for setting it, without empty values. */
  readonly options: ReadonlyMap<string, string>;
}

const file = "qos.txt";

/** What sacctmgr's columns are called when they are set; a column that is not here is refused. */
const columns: ReadonlyMap<string, string> = new Map(
  [
    ...["Descr", "Priority", "GraceTime", "Preempt", "PreemptExemptTime", "PreemptMode", "Flags"],
    ...["UsageFactor", "LimitFactor", "GrpTRES", "GrpTRESMins", "GrpTRESRunMins", "GrpJobs"],
    ...["GrpSubmit", "GrpWall", "MaxTRES", "MaxTRESPerNode", "MaxTRESMins", "MaxWall"],
    ...["MaxTRESPU", "MaxTRESPA", "MaxTRESRunMinsPU", "MaxTRESRunMinsPA", "MaxJobsPU", "MaxJobsPA"],
    ...[
      "MaxSubmitPU",
      "MaxSubmitPA",
      "MaxJobsAccruePU",
      "MaxJobsAccruePA",
      "GrpJobsAccrue",
      "MinTRES",
    ],
    ...["MinPrioThresh", "UsageThres"],
  ].map((column) => [column.toLowerCase(), setAs(column)]),
);

function setAs(column: string): string {
  return column
    .replace(/^Descr$/, "Description")
    .replace(/^(Grp|Max)Submit/, "$1SubmitJobs")
    .replace(/PU$/, "PerUser")
    .replace(/PA$/, "PerAccount")
    .replace(/^UsageThres$/, "UsageThreshold")
    .replace(/^MinPrioThresh$/, "MinPrioThreshold")
    .replace(/^MinTRES$/, "MinTRESPerJob");
}

/** The table with its header, columns in any order. Never throws. */
export function readQos(text: string): {
  readonly qos: readonly Qos[];
  readonly problems: readonly SiteProblem[];
} {
  const problems: SiteProblem[] = [];
  const written = text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .map((row, index) => ({ line: index + 1, row }))
    .filter(({ row }) => row.trim() !== "" && !row.startsWith("#"));
  // With -p, each row ends in a separator; with -P, one that does has an empty last column.
  const closed = written[0]?.row.endsWith("|") ?? false;
  const rows = written.map(({ line, row }) => ({
    line,
    cells: (closed ? row.replace(/\|$/, "") : row).split("|"),
  }));
  const [header, ...body] = rows;
  const names = header?.cells.map((cell) => cell.trim().toLowerCase()) ?? [];
  if (!names.includes("name")) {
    const message = "expected the output of sacctmgr -P show qos with its header, which has Name";
    return { qos: [], problems: [{ file, line: header?.line ?? 0, key: "Name", message }] };
  }
  for (const [index, name] of names.entries()) {
    if (name === "name" || columns.has(name)) continue;
    // A column without a value says nothing.
    const used = body.find(({ cells }) => (cells[index] ?? "").trim() !== "");
    if (used !== undefined) {
      problems.push({
        file,
        line: used.line,
        key: name,
        message: "no column of a QOS that this version knows",
      });
    }
  }
  const qos = body.flatMap(({ line, cells }): Qos[] => {
    if (cells.length !== names.length) {
      const message = `expected ${names.length} columns as in the header, got ${cells.length}`;
      problems.push({ file, line, key: "", message });
      return [];
    }
    const values = new Map(names.map((name, index) => [name, (cells[index] ?? "").trim()]));
    const name = values.get("name") ?? "";
    if (!/^[\w.-]+$/.test(name)) {
      problems.push({
        file,
        line,
        key: "Name",
        message: `expected a name, got ${JSON.stringify(name)}`,
      });
      return [];
    }
    const options = new Map(
      [...values].flatMap(([column, value]): [string, string][] => {
        const key = columns.get(column);
        if (key === undefined || value === "") return [];
        return [[key, key === "GraceTime" ? seconds(value) : value]];
      }),
    );
    return [{ name, options }];
  });
  return { qos, problems };
}

/** sacctmgr shows it as `1-02:03:04` and wants to be told the seconds. */
function seconds(time: string): string {
  const match = /^(?:(\d+)-)?(\d+):(\d+):(\d+)$/.exec(time);
  if (match === null) return time;
  const [days = 0, hours = 0, minutes = 0, rest = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  return String(((days * 24 + hours) * 60 + minutes) * 60 + rest);
}

/** In the notation that `readQos` reads. */
export function printQos(all: readonly Qos[]): string {
  const back = new Map([...columns].map(([column, key]) => [key, column]));
  const used = [...new Set(all.flatMap(({ options }) => [...options.keys()]))];
  const header = ["name", ...used.map((key) => back.get(key) ?? key)].join("|");
  const rows = all.map(({ name, options }) =>
    [name, ...used.map((key) => options.get(key) ?? "")].join("|"),
  );
  return [header, ...rows].map((row) => `${row}\n`).join("");
}
