export interface HpcgRequest {
  readonly memoryPerCoreMiB: number;
  readonly memoryShare: number;
  /** Of the timed phase. */
  readonly seconds: number;
}

export interface HpcgPlan {
  /** Local grid of every rank. */
  readonly nx: number;
  readonly ny: number;
  readonly nz: number;
  readonly seconds: number;
}

/** HPCG's four multigrid levels halve the grid three times; it refuses less than 16. */
const step = 8;
const smallest = 16;
/** A row of 27 non-zeros with its indices, vectors and coarser levels takes some 0.7 kB; rounded up. */
const bytesPerRow = 1000;

/** The largest cubic local grid that the memory of a rank's core holds, at least 16³. */
export function planHpcg({ memoryPerCoreMiB, memoryShare, seconds }: HpcgRequest): HpcgPlan {
  const rows = (memoryShare * memoryPerCoreMiB * 1024 * 1024) / bytesPerRow;
  // The cube root of a cube may come out a little below it.
  const side = Math.max(smallest, Math.floor((Math.cbrt(rows) + 1e-9) / step) * step);
  return { nx: side, ny: side, nz: side, seconds };
}

export const hpcgInputFile = "hpcg.dat";
/** HPCG 3 names its output by version and time. */
export const hpcgOutputFiles = "HPCG-Benchmark_*.txt";
export const hpcgProgram = "xhpcg";

export function hpcgInput({ nx, ny, nz, seconds }: HpcgPlan): string {
  return ["HPCG input", "planned by schedlab", `${nx} ${ny} ${nz}`, `${seconds}`, ""].join("\n");
}
