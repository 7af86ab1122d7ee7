import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { repoRoot } from "../../../../base/paths";

/**
 * A squeue that knows jobs by files of their number: the states that it tells of one after the other, the last
 * one for ever. Those on the node are in the file `on-it`; while `away` is there, it does not answer.
 */
const squeue = `
[ ! -e away ] || { echo "slurm_load_jobs error: Unable to contact slurm controller" >&2; exit 1; }
case "$*" in
  *--nodelist*) cat on-it; exit ;;
esac
job=\${3#--jobs=}
[ -e "$job" ] || { echo "slurm_load_jobs error: Invalid job id specified" >&2; exit 1; }
head -n 1 "$job"
[ "$(wc -l <"$job")" -eq 1 ] || sed -i 1d "$job"
`;

interface Scene {
  /** States of each job, in turn. */
  readonly jobs?: Record<string, readonly string[]>;
  readonly onIt?: readonly string[];
  /** What scontrol does besides noting its arguments. */
  readonly scontrol?: string;
  readonly away?: boolean;
}

/** What becomes of an act on node02 where Slurm's commands are doubles, and what scontrol was told. */
function act(args: readonly string[], { jobs = {}, onIt = [], scontrol = "", away }: Scene) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "requeue-"));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, text: string, mode = 0o644) =>
    fs.writeFileSync(path.join(folder, name), text, { mode });
  const double = (name: string, body: string) =>
    write(name, `#!/bin/bash\ncd "\${0%/*}"\n${body}\n`, 0o755);
  double("squeue", squeue);
  double("scontrol", `echo "$*" >>told\n${scontrol}`);
  double("sinfo", "[ ! -e away ] || exit 1\necho idle+drain");
  write("told", "");
  write("on-it", onIt.map((job) => `${job}\n`).join(""));
  for (const [job, states] of Object.entries(jobs)) write(job, `${states.join("\n")}\n`);
  if (away) write("away", "");
  const script = path.join(repoRoot, "experiments/schedulers/slurm/membership.sh");
  const { status, stdout, stderr } = spawnSync("bash", [script, ...args], {
    encoding: "utf8",
    env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
  });
  const told = fs.readFileSync(path.join(folder, "told"), "utf8").split("\n").slice(0, -1);
  return { status, stdout, stderr, told };
}

const takenOff = ": >on-it";
const again = (job: string) => `update jobid=${job} StartTime=now`;

describe("the jobs of a node that leaves", () => {
  test("are told before any of them is put back, where they are to be", () => {
    const drained = "update nodename=node02 state=drain reason=schedlab: leaving";
    const scene = { onIt: ["7", "8"] };
    const requeue = act(["drain", "node02", "requeue"], scene);
    expect(requeue).toMatchObject({ status: 0, stdout: "7\n8\n", told: [drained] });
    const finish = act(["drain", "node02", "finish"], scene);
    expect(finish).toMatchObject({ status: 0, stdout: "", told: [drained] });
    expect(act(["drain", "node02", "requeue"], { ...scene, away: true }).status).not.toBe(0);
  });

  test("are put back, and start again without the wait", () => {
    const jobs = { 7: ["COMPLETING", "PENDING"], 8: ["PENDING"] };
    const { status, told } = act(["requeue", "node02", "7", "8"], {
      jobs,
      onIt: ["7", "8"],
      scontrol: takenOff,
    });
    expect(status).toBe(0);
    expect(told).toEqual(["requeue 7", "requeue 8", again("7"), again("8")]);
  });

  test("start again when an act before was cut off after it had put them back", () => {
    const jobs = { 7: ["PENDING"], 8: ["COMPLETED"], 9: ["RUNNING"] };
    // Nothing is known of the last one any more.
    const { status, told } = act(["requeue", "node02", "7", "8", "9", "10"], { jobs });
    expect({ status, told }).toEqual({ status: 0, told: [again("7")] });
  });

  test("are not taken for gone when slurmctld does not answer", () => {
    const { status, stderr } = act(["requeue", "node02", "7"], {
      jobs: { 7: ["COMPLETING"] },
      onIt: ["7"],
      scontrol: `touch away; ${takenOff}`,
    });
    expect(status).not.toBe(0);
    expect(stderr).toContain("Unable to contact slurm controller");
  });

  test("are told to start again until slurmctld has taken note of it", () => {
    const { status, told } = act(["requeue", "node02", "7"], {
      jobs: { 7: ["PENDING"] },
      scontrol: '[ "$(wc -l <told)" -gt 2 ]',
    });
    expect({ status, told }).toEqual({ status: 0, told: Array(3).fill(again("7")) });
  });

  test("fail the act where they could not be put back", () => {
    const { status, stderr, told } = act(["requeue", "node02", "7", "8"], {
      jobs: { 7: ["RUNNING"], 8: ["COMPLETED"] },
      onIt: ["7"],
      scontrol: "exit 1",
    });
    expect({ status, stderr }).toEqual({ status: 75, stderr: "not put back: 7\n" });
    expect(told).toEqual(["requeue 7"]);
  });
});

test.each(["join", "join-native", "leave-native"])(
  "the act %s fails when slurmctld does not say what the node is",
  (name) => {
    const { status, told } = act([name, "node02"], { away: true });
    expect(status).not.toBe(0);
    expect(told).toEqual([]);
  },
);
