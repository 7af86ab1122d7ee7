import { spawnSync } from "node:child_process";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { shellFile } from "../../../base/shell-script";

const functions = shellFile(
  path.resolve(__dirname, "../../../infra/schedulers/slurm"),
  "accounting.sh",
);

/** The changes that a call makes, where sacctmgr lists these lines whatever it is asked for. */
function changes(listed: readonly string[], call: string): string[] {
  const double = `sacctmgr() {
    if [ "$2" = list ]; then printf '%s\\n' ${listed.map((line) => `'${line}'`).join(" ")}
    else shift; echo "$*" >&2; fi
  }`;
  const script = ["set -euo pipefail", functions, double, call].join("\n");
  const { status, stdout, stderr } = spawnSync("bash", ["-c", script], { encoding: "utf8" });
  expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
  return stderr.split("\n").filter((line) => line !== "");
}

describe("an account that jobs may name", () => {
  const call = "share_account schedlab physics 3";

  test("gets its share where it has another, and is left alone where it has it", () => {
    const change = "modify account where name=physics cluster=schedlab set fairshare=3";
    expect(changes(["|1", "user01|3"], call)).toEqual([change]);
    expect(changes(["|3", "user01|1"], call)).toEqual([]);
  });
});

describe("a QOS that jobs may name", () => {
  test("is made with its priority, and left alone where it is there", () => {
    expect(changes(["normal", "normal|0"], "make_qos long 10")).toEqual([
      "add qos long",
      "modify qos where name=long set priority=10",
    ]);
    expect(changes(["long", "long|10"], "make_qos long 10")).toEqual([]);
  });

  test("is given to each user who does not have it, beside what they have", () => {
    const listed = ["|normal", "user01|long,normal", "user02|normal", "user03|longer,normal"];
    const users = "user01 user02 user03";
    expect(changes(listed, `grant_qos schedlab physics long ${users}`)).toEqual(
      ["user02", "user03"].map(
        (user) => `modify user where name=${user} account=physics cluster=schedlab set qos+=long`,
      ),
    );
    const all = ["user01|long,normal", "user02|normal,long", "user03|a,long,b"];
    expect(changes(all, `grant_qos schedlab physics long ${users}`)).toEqual([]);
  });
});
