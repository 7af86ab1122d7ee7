import { Failure } from "../../base/failure";

/** Something in a log that cannot be read as it should be. */
export interface LogProblem {
  /** 1-based; null where rows have no lines, as in Parquet. */
  readonly line: number | null;
  /** Row of data, 1-based; null for what concerns the whole log. */
  readonly row: number | null;
  /** The file's column, or the field of ours where it comes from several. */
  readonly column: string | null;
  readonly value: string | null;
  readonly expected: string;
}

/** A log that cannot be read; holds the first of its problems and their number. */
export class LogError extends Failure {
  constructor(
    readonly file: string,
    readonly problems: readonly LogProblem[],
    readonly total: number,
    remedy: string,
  ) {
    const [first, ...others] = problems;
    const more = total > 1 ? ` (and ${total - 1} more)` : "";
    super(`${file}${first === undefined ? "" : describe(first)}${more}`, {
      remedy,
      ...(others.length === 0
        ? {}
        : { detail: others.map((problem) => `${file}${describe(problem)}`).join("\n") }),
    });
  }
}

/** `, line 12, column Submit: "2024-13-01": expected …` */
function describe({ line, row, column, value, expected }: LogProblem): string {
  const place = line === null ? (row === null ? [] : [`row ${row}`]) : [`line ${line}`];
  if (column !== null) place.push(`column ${column}`);
  const found = value === null ? "" : `${shown(value)}: `;
  return `${place.map((part) => `, ${part}`).join("")}: ${found}${expected}`;
}

function shown(value: string): string {
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}...` : value);
}
