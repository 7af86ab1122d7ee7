import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Command } from "commander";
import type { Report } from "../base/report";
import type { AuditRecord } from "../store/audits";
import { storeOption } from "./store-option";

interface Audited {
  readonly run: string;
  readonly checks: readonly AuditRecord[];
}

export function registerAudit(program: Command): void {
  program
    .command("audit")
    .description(
      "check that runs are what they should be: each job once, records whole, host quiet; exit code 1 " +
        "when a check failed",
    )
    .argument(
      "[run...]",
      "runs of the store, or run directories such as results/runs/20261121T233000Z-k3f9qa, which need no " +
        "store; without one, every run of the store",
    )
    .addOption(storeOption())
    .option("--json", "one JSON object instead of tables")
    .action(async (names: string[], { store, json }: { store: string; json?: boolean }) => {
      const { auditTable } = require("./audit-table") as typeof import("./audit-table");
      const { reportTo } = require("./progress") as typeof import("./progress");
      // Standard output is for the result.
      const runs = await auditAll(names, store, reportTo(process.stderr));
      console.log(
        json
          ? JSON.stringify({ runs }, null, 2)
          : runs.map(({ run, checks }) => `${run}\n${auditTable(checks)}`).join("\n\n"),
      );
      const failed = runs.some(({ checks }) => checks.some(({ verdict }) => verdict === "failed"));
      if (failed) process.exitCode = 1;
    });
}

async function auditAll(
  names: readonly string[],
  store: string,
  report: Report,
): Promise<Audited[]> {
  const { readResults } = require("../analysis/results") as typeof import("../analysis/results");
  const { selectRuns } =
    require("../analysis/report/data/selection") as typeof import("../analysis/report/data/selection");
  const { auditLoaded } = require("./audited") as typeof import("./audited");

  const directories = new Set<string>();
  for (const name of names) if (await isRunDirectory(name)) directories.add(name);
  const wanted = names.filter((name) => !directories.has(name));
  const audited: Audited[] = [];
  for (const directory of directories) audited.push(await auditDirectory(directory, report));
  if (names.length > 0 && wanted.length === 0) return audited;

  const stored = (await readResults(store)).map(({ run, experiment }) => ({ id: run, experiment }));
  const chosen = selectRuns(stored, names.length === 0 ? {} : { runs: wanted });
  for (const { id } of chosen) {
    report(`auditing run ${id}`);
    const checks = await auditLoaded(store, id, report);
    if (checks !== null) audited.push({ run: id, checks });
  }
  return audited;
}

async function isRunDirectory(name: string): Promise<boolean> {
  return (await stat(path.join(name, "run.json")).catch(() => null)) !== null;
}

/** Uses a store of its own, which is removed afterwards. */
async function auditDirectory(directory: string, report: Report): Promise<Audited> {
  const { loadRun } = require("../store/load") as typeof import("../store/load");
  const { auditLoaded } = require("./audited") as typeof import("./audited");
  const temporary = await mkdtemp(path.join(tmpdir(), "schedlab-audit-"));
  try {
    const store = path.join(temporary, "store.duckdb");
    const { runId } = await loadRun(directory, store, { report });
    return { run: runId, checks: (await auditLoaded(store, runId, report)) ?? [] };
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}
