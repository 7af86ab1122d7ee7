import { execa } from "execa";
import { expect, test } from "vitest";
import { repoRoot } from "../../../base/paths";

test("the runner starts without the API server's client, which takes a second to load", async () => {
  const script = `
    require("./cli/experiment.ts");
    const loaded = Object.keys(require.cache).filter((file) => file.includes("/node_modules/"));
    console.log(JSON.stringify(loaded));`;
  const { stdout } = await execa(process.execPath, ["--require", "tsx/cjs", "--eval", script], {
    cwd: repoRoot,
  });
  const loaded: string[] = JSON.parse(stdout);
  const of = (name: string) => loaded.filter((file) => file.includes(`/node_modules/${name}/`));
  expect(of("zod")).not.toEqual([]);
  expect(of("@kubernetes")).toEqual([]);
});
