import { openLog } from "./workloads/logs/open";
import { LogDatabase } from "./workloads/logs/database";
import { readingSql } from "./workloads/logs/rows";
import { readFileSync } from "node:fs";
async function main() {
  const [file] = process.argv.slice(2);
  await openLog(file!, { mode: "tolerant" }, async ({ log }) => {
    if (!("recognised" in log)) return;
      const db = new LogDatabase(); const c = await db.connect();
      await c.run(readFileSync("workloads/logs/macros.sql","utf8")); await c.run("SET TimeZone='UTC'"); await c.run("SET threads=1");
      const source = { file: file!, compression: "none" as const, mapping: log.recognised.mapping, layout: log.recognised.layout, types: new Map(), zone: "UTC" };
      const show = async (q: string) => { const u = process.cpuUsage(); const r = await c.runAndReadAll(`EXPLAIN (ANALYZE, FORMAT json) ${q}`);
      const v = process.cpuUsage(u);
      const walk = (n: any, d: number) => { const nm = n.operator_name ?? n.operator_type ?? "root"; console.log(" ".repeat(d) + nm, n.operator_timing?.toFixed?.(3), JSON.stringify(n.extra_info ?? {}).slice(0, 150)); for (const x of n.children ?? []) walk(x, d + 1); };
      walk(JSON.parse(String(r.getRows()[0]![1])), 0); console.log("cpu", (v.user + v.system) / 1e6); };
      await show(`CREATE TEMP TABLE log_rows AS ${readingSql(source)}`);
  });
}
main();
