import Table from "cli-table3";
import type { AuditRecord } from "../store/audits";

/** One run's audit for a person: every check, with an explanation below of what did not pass. */
export function auditTable(audit: readonly AuditRecord[]): string {
  const table = new Table({
    head: ["check", "verdict", "figure", "limit", "unit"],
    colAligns: ["left", "left", "right", "right", "left"],
    style: { head: [], border: [] },
  });
  for (const { check, verdict, figure, limit, unit } of audit) {
    table.push([check, verdict, numberText(figure), numberText(limit), unit ?? ""]);
  }
  const explained = audit.map(({ check, explanation }) => `${check}: ${explanation}`);
  return [table.toString(), ...explained].join("\n");
}

/** One line for each check that failed. */
export function failedText(audit: readonly AuditRecord[]): string[] {
  return audit
    .filter(({ verdict }) => verdict === "failed")
    .map(({ check, explanation }) => `the audit failed in ${check}: ${explanation}`);
}

function numberText(value: number | null): string {
  return value === null ? "–" : String(Number(value.toPrecision(4)));
}
