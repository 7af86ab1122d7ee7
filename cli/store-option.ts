import { Option } from "commander";

export const defaultStore = "results/schedlab.duckdb";

export function storeOption(): Option {
  return new Option("--store <file>", "DuckDB file").env("SCHEDLAB_STORE").default(defaultStore);
}
