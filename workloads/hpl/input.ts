import type { HplPlan } from "./plan";

export const hpccProgram = "/usr/bin/hpcc";
export const hpccInputFile = "hpccinf.txt";
export const hpccOutputFile = "hpccoutf.txt";

/**
 * HPL.dat for one run: row-major grid, right-looking with Crout in the recursion, one-ring modified
 * broadcast, look-ahead 1.
 */
export function hplInput({ n, nb, p, q, threshold }: HplPlan): string {
  const lines: readonly (readonly [number | string, string])[] = [
    ["HPL input", ""],
    ["planned by schedlab", ""],
    ["HPL.out", "output file, unless the device is 6 or 7"],
    [8, "device: 6 standard output, 7 standard error, else the file"],
    [1, "orders"],
    [n, "N"],
    [1, "block sizes"],
    [nb, "NB"],
    [0, "process mapping: 0 by rows, 1 by columns"],
    [1, "process grids"],
    [p, "P"],
    [q, "Q"],
    [threshold, "threshold of the scaled residual"],
    [1, "panel factorisations"],
    [2, "0 left, 1 Crout, 2 right"],
    [1, "recursive stopping criteria"],
    [4, "NBMIN"],
    [1, "panels in the recursion"],
    [2, "NDIV"],
    [1, "recursive factorisations"],
    [1, "0 left, 1 Crout, 2 right"],
    [1, "broadcasts"],
    [1, "0 1rg, 1 1rM, 2 2rg, 3 2rM, 4 Lng, 5 LnM"],
    [1, "look-ahead depths"],
    [1, "depth"],
    [2, "swap: 0 binary exchange, 1 long, 2 mix"],
    [nb, "swapping threshold"],
    [0, "L1: 0 transposed, 1 not"],
    [0, "U: 0 transposed, 1 not"],
    [1, "equilibration: 0 no, 1 yes"],
    [8, "alignment in doubles"],
  ];
  const rows = lines.map(([value, what]) => `${String(value).padEnd(12)} ${what}`.trimEnd());
  return `${rows.join("\n")}\n`;
}

/** HPL.dat, followed by the lines that hpcc wants: no further sizes of PTRANS. */
export function hpccInput(plan: HplPlan): string {
  return [
    `${hplInput(plan)}----- PTRANS -----`,
    "0            further orders",
    "1            N",
    "0            further block sizes",
    "1            NB",
    "",
  ].join("\n");
}
