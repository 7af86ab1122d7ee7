import { type BenchmarkResult, failedBenchmark } from "../benchmark";
import type { HplPlan } from "./plan";

const section = /^Begin of HPL section\.$(.*?)^End of HPL section\.$/ms;
const row = /^W[RC]\w+\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+([\d.]+)\s+(\S+)\s*$/gm;
const check = /^\|\|Ax-b\|\|_oo\/\S*\s*=\s*(\S+)\s+\.+\s+(PASSED|FAILED)\s*$/gm;

/**
 * The HPL part of hpccoutf.txt. It passes when the planned run occurs once, its scaled residual is a
 * number below the threshold, and HPL itself calls it passed. Never throws.
 */
export function parseHpl(output: string, plan: HplPlan): BenchmarkResult {
  const hpl = section.exec(output)?.[1];
  if (hpl === undefined) return failedBenchmark("hpcc's output has no complete HPL section");
  const rows = [...hpl.matchAll(row)];
  const [only] = rows;
  if (rows.length !== 1 || only === undefined) {
    return failedBenchmark(`expected one HPL run in the output, got ${rows.length}`);
  }
  const grid = only.slice(1, 5).map(Number);
  if (grid.join() !== [plan.n, plan.nb, plan.p, plan.q].join()) {
    return failedBenchmark(`HPL ran N, NB, P, Q ${grid.join(", ")}, which was not planned`);
  }
  const known = {
    // The table has two decimals; the summary has six digits.
    seconds: amount(/^HPL_time=(\S+)$/m.exec(output)?.[1]) ?? amount(only[5]),
    gflops: amount(only[6]),
  };
  const checks = [...hpl.matchAll(check)];
  const [verdict] = checks;
  if (checks.length !== 1 || verdict === undefined) {
    return failedBenchmark("HPL's output has no residual check", known);
  }
  const residual = amount(verdict[1]);
  if (verdict[2] !== "PASSED" || residual === null || !(residual < plan.threshold)) {
    const reason = `HPL's scaled residual ${verdict[1]} is not below ${plan.threshold}`;
    return failedBenchmark(reason, { ...known, residual });
  }
  if (known.gflops === null) return failedBenchmark("HPL's output has no rate", known);
  return { ...known, residual, passed: true, reason: null };
}

function amount(text: string | undefined): number | null {
  const value = Number(text);
  return text === undefined || !Number.isFinite(value) || value < 0 ? null : value;
}
