import { type BenchmarkResult, failedBenchmark } from "../benchmark";
import type { HpcgPlan } from "./plan";

/**
 * The file that HPCG 3.1 leaves, with one `Section::Key=value` per line. It passes when HPCG calls the
 * result valid, for the planned local grid. Never throws.
 */
export function parseHpcg(output: string, plan: HpcgPlan): BenchmarkResult {
  const values = new Map(
    output.split("\n").flatMap((line) => {
      const at = line.indexOf("=");
      return at < 0 ? [] : [[line.slice(0, at).trim(), line.slice(at + 1).trim()] as const];
    }),
  );
  const known = {
    seconds: amount(values.get("Benchmark Time Summary::Total")),
    residual: amount(values.get("Reproducibility Information::Scaled residual mean")),
  };
  const local = ["nx", "ny", "nz"].map((side) =>
    amount(values.get(`Local Domain Dimensions::${side}`)),
  );
  const valid = "Final Summary::HPCG result is VALID with a GFLOP/s rating of";
  const gflops = amount(values.get(valid));
  if (gflops === null) {
    const invalid = values.get("Final Summary::HPCG result is");
    return failedBenchmark(
      invalid === undefined
        ? "HPCG's output has no final summary"
        : `HPCG calls its result ${invalid}`,
      known,
    );
  }
  if (local.some((side) => side !== null) && local.join() !== [plan.nx, plan.ny, plan.nz].join()) {
    return failedBenchmark(`HPCG ran a local grid of ${local.join(" x ")}, which was not planned`, {
      ...known,
      gflops,
    });
  }
  return { ...known, gflops, passed: true, reason: null };
}

function amount(text: string | undefined): number | null {
  const value = Number(text);
  return text === undefined || text === "" || !Number.isFinite(value) || value < 0 ? null : value;
}
