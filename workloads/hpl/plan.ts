/** What determines the size of an HPL job. */
export interface HplRequest {
  /** Ranks, one a core. */
  readonly cores: number;
  readonly memoryPerCoreMiB: number;
  /** Share of that memory for the matrix. */
  readonly memoryShare: number;
  /** Wanted length of the whole job. */
  readonly seconds: number;
  readonly gflopsPerCore: number;
  readonly blockSize: number;
  readonly threshold: number;
}

export interface HplPlan {
  /** Order of the matrix: a multiple of nb. */
  readonly n: number;
  readonly nb: number;
  /** Process grid, p ≤ q, as square as the ranks allow. */
  readonly p: number;
  readonly q: number;
  /** Largest scaled residual that passes. */
  readonly threshold: number;
  readonly expectedSeconds: number;
}

/** Start of the program and the tests of hpcc whose length does not depend on the matrix. */
const fixedSeconds = 5;
/**
 * RandomAccess, which hpcc runs twice over half the matrix' memory, with some 2 n² updates each and for
 * at most 60 s. Updates per second with one rank, and over TCP between containers on one host: measured
 * and rounded down.
 */
const updatesAlone = 1_000_000;
const updatesOverTcp = 250_000;
const mostUpdateSeconds = 120;

/**
 * Seconds that hpcc takes with a matrix of this order: 2/3 n³ operations of the factorisation, and
 * the other tests, which soon take longer.
 */
export function hpccSeconds(n: number, cores: number, gflopsPerCore: number): number {
  const factorisation = (2 * n ** 3) / 3 / (gflopsPerCore * 1e9 * cores);
  const rate = cores === 1 ? updatesAlone : updatesOverTcp;
  const updates = Math.min(mostUpdateSeconds, (4 * n * n) / rate);
  return fixedSeconds + updates + factorisation;
}

/**
 * The largest matrix that fits the memory and the time; at least one block. Throws RangeError when
 * there is no core.
 */
export function planHpl(request: HplRequest): HplPlan {
  const { cores, blockSize, gflopsPerCore } = request;
  if (!Number.isSafeInteger(cores) || cores < 1) throw new RangeError(`${cores} cores`);
  const bytes = request.memoryShare * request.memoryPerCoreMiB * 1024 * 1024 * cores;
  let fits = 1;
  let tooMany = Math.floor(Math.sqrt(bytes / 8) / blockSize) + 1;
  while (tooMany - fits > 1) {
    const blocks = Math.floor((fits + tooMany) / 2);
    if (hpccSeconds(blocks * blockSize, cores, gflopsPerCore) <= request.seconds) fits = blocks;
    else tooMany = blocks;
  }
  const n = fits * blockSize;
  return {
    n,
    nb: blockSize,
    ...processGrid(cores),
    threshold: request.threshold,
    expectedSeconds: hpccSeconds(n, cores, gflopsPerCore),
  };
}

/** p · q = ranks with the largest p ≤ q. */
export function processGrid(ranks: number): { readonly p: number; readonly q: number } {
  let p = Math.floor(Math.sqrt(ranks));
  while (ranks % p !== 0) p -= 1;
  return { p, q: ranks / p };
}
