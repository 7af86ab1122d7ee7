/** One combination of the axes' values. */
export type Levels = Readonly<Record<string, string>>;

/** The effect of a value of an axis, as a weighted sum over the combinations that were measured. */
export interface LinearEffect {
  readonly axis: string;
  readonly value: string;
  /** Combinations that have it. */
  readonly combinations: number;
  /** One for each combination; a reason where the effect cannot be told from that of other axes. */
  readonly weights: readonly number[] | string;
}

export interface Design {
  readonly effects: readonly LinearEffect[];
  /** Combinations that there would be if nothing were excluded or missing. */
  readonly full: number;
  readonly measured: number;
}

/** Coordinates below this, of columns of length 1, are rounding. */
const rounding = 1e-9;

/**
 * Main effects of the axes: how far the mean with a value is from the mean of all values. In a full design
 * that is the mean over all combinations with the value less the grand mean. Where combinations are
 * missing, such means also have what the value's partners do; then the effects are those of the additive
 * model, fitted by least squares, with effects of an axis that add up to 0: in a full design both are the
 * same. Source: Searle, Linear Models, 1971, sections 4.3 and 7.1.
 */
export function designOf(combinations: readonly Levels[], axes: readonly string[]): Design {
  const values = axes.map((axis) => [...new Set(combinations.map((levels) => levels[axis] ?? ""))]);
  const full = values.reduce((product, own) => product * own.length, 1);
  const distinct = new Set(
    combinations.map((levels) => JSON.stringify(axes.map((a) => levels[a]))),
  );
  const whole = distinct.size === full && combinations.length === full;
  return {
    effects: axes.flatMap((axis, index) => {
      const own = values[index] ?? [];
      const fitted = whole ? null : fittedWeights(combinations, axes, axis, own);
      return own.map((value, at): LinearEffect => {
        const having = combinations.map((levels) => levels[axis] === value);
        const count = having.filter(Boolean).length;
        const weights =
          fitted === null
            ? having.map((has) => (has ? 1 / count : 0) - 1 / combinations.length)
            : typeof fitted === "string"
              ? fitted
              : (fitted[at] ?? "unknown");
        return { axis, value, combinations: count, weights };
      });
    }),
    full,
    measured: combinations.length,
  };
}

/** Sum-to-zero columns of an axis: one less than it has values. */
function columnsOf(
  combinations: readonly Levels[],
  axis: string,
  values: readonly string[],
): number[][] {
  const last = values.at(-1);
  return values
    .slice(0, -1)
    .map((value) =>
      combinations.map((levels) => (levels[axis] === value ? 1 : levels[axis] === last ? -1 : 0)),
    );
}

/**
 * Weights of each value's effect. The part of the axis's columns that the other axes do not explain has
 * the same least-squares coefficients as the whole model (Frisch, Waugh 1933; Lovell 1963).
 */
function fittedWeights(
  combinations: readonly Levels[],
  axes: readonly string[],
  axis: string,
  values: readonly string[],
): number[][] | string {
  const valuesOf = (name: string) => [...new Set(combinations.map((levels) => levels[name] ?? ""))];
  const others = axes
    .filter((name) => name !== axis)
    .flatMap((name) => columnsOf(combinations, name, valuesOf(name)));
  const basis = orthonormal([combinations.map(() => 1), ...others]);
  const own = columnsOf(combinations, axis, values).map((column) => without(column, basis));
  const inverse = inverted(own.map((a) => own.map((b) => dot(a, b))));
  if (inverse === null) return "it never varies apart from other axes, so its effect is not known";
  const weights = inverse.map((row) =>
    combinations.map((_, at) =>
      row.reduce((sum, factor, index) => sum + factor * (own[index]?.[at] ?? 0), 0),
    ),
  );
  const last = combinations.map((_, at) => -weights.reduce((sum, row) => sum + (row[at] ?? 0), 0));
  return [...weights, last];
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}

/** The part of the column that is orthogonal to the basis; twice, for the digits that the first time loses. */
function without(column: readonly number[], basis: readonly (readonly number[])[]): number[] {
  let rest = [...column];
  for (let round = 0; round < 2; round += 1) {
    for (const other of basis) {
      const along = dot(rest, other);
      rest = rest.map((value, index) => value - along * (other[index] ?? 0));
    }
  }
  return rest;
}

/** Gram and Schmidt; columns that others explain are left out. */
function orthonormal(columns: readonly (readonly number[])[]): number[][] {
  const basis: number[][] = [];
  for (const column of columns) {
    const rest = without(column, basis);
    const length = Math.sqrt(dot(rest, rest));
    const before = Math.sqrt(dot(column, column));
    if (length > rounding * before) basis.push(rest.map((value) => value / length));
  }
  return basis;
}

/** By Gauss and Jordan with pivots; null where the symmetric matrix is singular. */
function inverted(matrix: readonly (readonly number[])[]): number[][] | null {
  const size = matrix.length;
  const work = matrix.map((row, at) => [
    ...row,
    ...Array.from({ length: size }, (_, column) => (column === at ? 1 : 0)),
  ]);
  const scale = Math.max(...matrix.flat().map(Math.abs));
  for (let column = 0; column < size; column += 1) {
    const below = work.slice(column).map((row) => Math.abs(row[column] ?? 0));
    const pivot = column + below.indexOf(Math.max(...below));
    const row = work[pivot] ?? [];
    const lead = row[column] ?? 0;
    if (!(Math.abs(lead) > rounding * scale) || !(Math.abs(lead) > rounding)) return null;
    work[pivot] = work[column] ?? [];
    const scaled = row.map((value) => value / lead);
    work[column] = scaled;
    for (let other = 0; other < size; other += 1) {
      const factor = work[other]?.[column] ?? 0;
      if (other === column || factor === 0) continue;
      work[other] = (work[other] ?? []).map((value, at) => value - factor * (scaled[at] ?? 0));
    }
  }
  return work.map((row) => row.slice(size));
}

/** The effect on these figures, one for each combination. */
export function effectOn(weights: readonly number[], figures: readonly number[]): number {
  return dot(weights, figures);
}
