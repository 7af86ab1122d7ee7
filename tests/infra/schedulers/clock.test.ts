import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { clockPart } from "../../../infra/schedulers/clock";
import { stepScript } from "../../../infra/schedulers/shell";
import { clockPath } from "../../../spec/clock";
import { parseSpec } from "../../../spec/parse";

const emulated = {
  nodes: { count: 1, emulated: { perDomain: 2, cores: 4, memory: "1GiB" } },
} as const;
const services = ["slurmctld", "slurmdbd"];
const state = "/var/spool/slurmctld";
const launcher = "/usr/local/lib/schedlab/clocked";
const unit = (service: string) => `/etc/systemd/system/${service}.service.d/clock.conf`;

/** A controller in a directory, whose services run. */
let root: string;
const at = (file: string) => `${root}${file}`;
const there = (file: string) => existsSync(at(file));

function write(file: string, text: string, mode = 0o644): void {
  mkdirSync(path.dirname(at(file)), { recursive: true });
  writeFileSync(at(file), text);
  chmodSync(at(file), mode);
}

beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), "schedlab-clock-"));
  write("/bin/systemctl", `#!/bin/sh\necho "$*" >>${root}/calls\n`, 0o755);
  write("/usr/lib/x/faketime/libfaketimeMT.so.1", "");
  for (const service of services) {
    write(
      `/usr/lib/systemd/system/${service}.service`,
      `[Service]\nExecStart=/sbin/${service} -D\n`,
    );
    write(`/run/schedlab/${service}`, "what it was started with\n");
  }
  write(`${state}/job_state`, "jobs by the former clock");
});
afterEach(() => rmSync(root, { recursive: true }));

/** Does the part of the step, with the controller's files in the directory. @returns calls of systemctl. */
function apply(topology: object, factor: number): string[] {
  const accelerated = factor === 1 ? {} : { run: { clock: { accelerated: factor } } };
  const body = factor === 1 ? "sleep" : "hold";
  const spec = parseSpec({ topology, workload: { kind: "trace", body }, ...accelerated });
  const { uid, gid } = os.userInfo();
  const input = stepScript(
    clockPart(spec, state, services)
      .join("\n")
      .replaceAll(/(?<![\w!.*-])\/(usr|etc|run|var)\//g, `${root}/$1/`)
      .replaceAll("root:root", `${uid}:${gid}`),
  );
  const { status, stderr } = spawnSync("bash", [], {
    input,
    encoding: "utf8",
    env: { PATH: `${root}/bin:${process.env.PATH}` },
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const calls = there("/calls") ? readFileSync(at("/calls"), "utf8").trim().split("\n") : [];
  rmSync(at("/calls"), { force: true });
  return calls;
}

/** Nothing of a clock is left, and nothing that was done by it. */
function hasHostClock(): void {
  for (const file of [clockPath, launcher, ...services.map(unit), `${state}/job_state`])
    expect({ file, there: there(file) }).toEqual({ file, there: false });
  // The daemons are started again, whatever their files are.
  for (const service of services) expect(there(`/run/schedlab/${service}`)).toBe(false);
  expect(there(state)).toBe(true);
}

describe("the clock of a controller's daemons", () => {
  test("is the host's from the start where none was asked for, and nothing is touched", () => {
    for (const topology of [{}, emulated]) expect(apply(topology, 1)).toEqual([]);
    expect(there(`${state}/job_state`)).toBe(true);
    expect(there("/run/schedlab/slurmctld")).toBe(true);
  });

  test("is set before they start, and stays while the factor does", () => {
    expect(apply(emulated, 60)).toEqual(
      expect.arrayContaining(["stop slurmctld", "daemon-reload"]),
    );
    expect(readFileSync(at(clockPath), "utf8")).toMatch(/^60 \d+\.\d+\n$/);
    expect(readFileSync(at(unit("slurmdbd")), "utf8")).toContain("/sbin/slurmdbd -D");
    expect(there(`${state}/job_state`)).toBe(false);
    expect(apply(emulated, 60)).not.toContain("stop slurmctld");
  });

  test.each([
    ["emulated", emulated],
    ["real", {}],
  ])("becomes the host's again, with nodes that are then %s", (_, topology) => {
    apply(emulated, 60);
    write(`${state}/job_state`, "jobs by the former clock");
    for (const service of services) write(`/run/schedlab/${service}`, "");
    expect(apply(topology, 1).at(-1)).toBe("daemon-reload");
    hasHostClock();
    expect(apply(topology, 1)).toEqual([]);
  });

  test("becomes the host's again after a change that was cut off", () => {
    // The launcher and the units are there, but not the file that they read.
    apply(emulated, 60);
    rmSync(at(clockPath));
    apply({}, 1);
    hasHostClock();
  });
});
