import { execFile } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { shellScript } from "../../../../base/shell-script";

const sources = path.join(__dirname, "../../../../experiments/schedulers/kubernetes");

/** Runs one of the adapter's scripts in bash. */
function run(name: string, values: readonly (string | number)[], PATH = process.env.PATH) {
  const script = shellScript(sources, [name], values);
  return promisify(execFile)("/bin/bash", ["-c", script], { env: { ...process.env, PATH } });
}

describe("the wait for a session of Volcano's scheduler", () => {
  /** The numbers of sessions that the metrics have, one a question; the last one stays. */
  let counts: number[];
  let asked: number;
  let server: http.Server;

  beforeEach(async () => {
    asked = 0;
    server = http.createServer((_, response) => {
      const count = counts[Math.min(asked, counts.length - 1)];
      asked += 1;
      response.end(
        `volcano_e2e_job_scheduling_latency_milliseconds_count 99\nvolcano_e2e_scheduling_latency_milliseconds_count ${count}\n`,
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => {
    server.close();
  });
  const port = () => (server.address() as AddressInfo).port;

  test("ends with the second session that ends, for the first may have begun before", async () => {
    counts = [7, 7, 8, 8, 9, 10];
    await run("sessions.sh", [port(), 20]);
    expect(asked).toBe(5);
  });

  test("counts anew for a scheduler that was started anew", async () => {
    counts = [7, 8, 0, 1, 1, 2];
    await run("sessions.sh", [port(), 20]);
    expect(asked).toBe(6);
  });

  test("gives up when none ends, or nobody answers", async () => {
    counts = [7, 8];
    const late = { code: 1, stderr: expect.stringContaining("no whole session within 1 s") };
    await expect(run("sessions.sh", [port(), 1])).rejects.toMatchObject(late);
    server.close();
    await expect(run("sessions.sh", [1, 1])).rejects.toMatchObject(late);
  });
});

describe("the start of a node's daemons", () => {
  let directory: string;
  const started = Math.floor(Date.now() / 1000) - 60;

  beforeEach(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), "node-start-"));
    const double = [
      "#!/bin/bash",
      `case $1 in show) echo @${started} ;; *) echo "$*" >>${directory}/log ;; esac`,
    ];
    await writeFile(path.join(directory, "systemctl"), double.join("\n"));
    await chmod(path.join(directory, "systemctl"), 0o755);
  });
  afterEach(() => rm(directory, { recursive: true }));

  const start = async (known: string, patience: number) => {
    const { stdout } = await run(
      "node-start.sh",
      [known, patience],
      `${directory}:${process.env.PATH}`,
    );
    const log = await readFile(path.join(directory, "log"), "utf8");
    return { stdout, log: log.trim().split("\n") };
  };
  const usual = ["reset-failed containerd kubelet", "start containerd kubelet"];

  test("says when kubelet was started", async () => {
    expect(await start("yes", 20)).toEqual({ stdout: `${started}\n`, log: usual });
  });

  test("restarts a kubelet that runs although its node was taken away", async () => {
    expect((await start("no", 20)).log).toEqual([...usual, "restart kubelet"]);
  });

  test("leaves one alone that may be about to tell of its node", async () => {
    expect((await start("no", 3600)).log).toEqual(usual);
  });
});
