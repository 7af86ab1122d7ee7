import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { repoRoot } from "../../../base/paths";
import { shellFile } from "../../../base/shell-script";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "accounts-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** sacctmgr as it behaves: a change that changes nothing is an error, and says so. */
const stubs = [
  "set -euo pipefail",
  'systemctl() { echo "systemctl $*"; }',
  "mariadb() { echo dropped; }",
  'sacctmgr() { case "$*" in *same*) echo " Nothing modified"; return 1 ;; *known*) echo " This cluster known already exists.  Not adding."; return 1 ;; *there*) echo " Already existing account there on cluster schedlab"; return 1 ;; *odd*) echo "Unknown option: odd"; return 1 ;; esac; }',
];

function run(...lines: string[]) {
  const functions = shellFile(path.join(repoRoot, "infra/schedulers/slurm/site"), "accounts.sh");
  const { status, stdout, stderr } = spawnSync("bash", [], {
    cwd: directory,
    input: [...stubs, functions, ...lines].join("\n"),
    encoding: "utf8",
  });
  return { status, stdout: stdout.trim().split("\n"), stderr };
}

describe("the accounts of a site", () => {
  it("have a database of their own, which is made anew only when they change", () => {
    const begin = (digest: string) => `fresh_database ${digest} digest state`;
    const made =
      "mkdir -p state; touch state/assoc_usage state/qos_usage state/clustername state/job_state";
    const stopped = ["systemctl stop slurmctld slurmdbd", "dropped"];
    expect(run(made, begin("''"), "ls state").stdout).toHaveLength(4);
    expect(run(begin("abc"), "ls state", "echo abc >digest").stdout).toEqual([
      ...stopped,
      "job_state",
    ]);
    expect(run(begin("abc")).stdout).toEqual([""]);
    expect(run(begin("def"), "ls digest || true").stdout).toEqual(stopped);
    expect(run("echo abc >digest", begin("''")).stdout).toEqual(stopped);
  });

  it("are added and changed without an error where they are so already, and with one where not", () => {
    expect(
      run(
        "settle modify same",
        "settle add known",
        "settle add there",
        "settle add new",
        "echo done",
      ),
    ).toMatchObject({
      status: 0,
      stdout: ["done"],
    });
    const refused = run("settle add user user01 odd=1", "echo done");
    expect(refused).toMatchObject({ status: 1, stdout: [""] });
    expect(refused.stderr).toContain("sacctmgr add user user01 odd=1: Unknown option: odd");
  });
});
