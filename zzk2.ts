import { DuckDBInstance } from "@duckdb/node-api";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { mappingNamed } from "./workloads/logs/mappings";
import { parsedSql, rawSql, knownSql, problemSql, fieldNames } from "./workloads/logs/fields";
async function main() {
  const db = await DuckDBInstance.create(":memory:"); const c = await db.connect();
  await c.run("SET TimeZone='UTC'; SET threads=1"); await c.run(readFileSync("workloads/logs/macros.sql","utf8"));
  const m = mappingNamed("sacct", ".");
  const cols = Object.entries(m.columns).map(([k, v]) => [k, v]);
  const has = new Map((await c.runAndReadAll(`DESCRIBE FROM read_csv('/tmp/rd/s250.txt', all_varchar=true)`)).getRows().map((r) => [String(r[0]).toLowerCase(), String(r[0])]));
  await c.run(`CREATE TABLE src AS SELECT ${cols.map(([k, v]) => { const n = (v as string[]).map((x) => has.get(x.toLowerCase())).find(Boolean); return n ? `"${n}" AS "${k}"` : `NULL::VARCHAR AS "${k}"`; })} FROM read_csv('/tmp/rd/s250.txt', all_varchar=true)`);
  const time = async (n: string, q: string) => { await c.run(q); const u=process.cpuUsage(); for (let i=0;i<3;i++) await c.run(q); const v=process.cpuUsage(u); console.log(((v.user+v.system)/3e6*4).toFixed(3), n); };
  await time("base", "SELECT count(id) FROM src");
  for (const n of fieldNames) { const f = (m.fields as any)[n]; if (f?.sql) await time(n, `SELECT count(${f.sql}) FROM src`); }
  await c.run(`CREATE TABLE raw AS SELECT ${rawSql(m)} FROM src`);
  await time("known", `SELECT ${fieldNames.map(n=>`count(r_${n})`)} FROM (SELECT ${knownSql(m)} FROM raw)`);
  await c.run(`CREATE TABLE raw2 AS SELECT ${knownSql(m)} FROM raw`);
  await time("parsed", `SELECT ${fieldNames.map(n=>`count(p_${n})`)} FROM (SELECT ${parsedSql(m, true)} FROM raw2)`);
  for (const n of fieldNames) { if (["name"].includes(n) || !(m.fields as any)[n]) continue; await time("p_" + n, `SELECT count(p_${n}) FROM (SELECT ${parsedSql(m, true)} FROM raw2)`); }
  await c.run(`CREATE TABLE par AS SELECT *, ${parsedSql(m, true)} FROM raw2`);
  await time("problem", `SELECT count(${problemSql(m)}) FROM par`);
}
main();
