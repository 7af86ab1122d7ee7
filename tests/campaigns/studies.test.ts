import { readdirSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { repoRoot } from "../../base/paths";
import { readCampaignFile } from "../../campaigns/plan/file";
import { type CampaignHost, fitHost } from "../../campaigns/plan/fit";
import { planCampaign } from "../../campaigns/plan/plan";
import { campaignTimes } from "../../campaigns/plan/times";
import { realLog } from "../workloads/swf-fixture";

const hosts = {
  small: { cores: 2, memoryMiB: 12_000, totalMemoryMiB: 16_000, freeDiskGiB: 30 },
  roomy: { cores: 2, memoryMiB: 22_000, totalMemoryMiB: 24_576, freeDiskGiB: 30 },
  server: { cores: 64, memoryMiB: 250_000, totalMemoryMiB: 262_144, freeDiskGiB: 500 },
};

interface Promised {
  readonly host: keyof typeof hosts;
  readonly hours: number;
  /** A real log, which the project does not have. */
  readonly log?: string;
}

/** What each study promises in its first lines: the host, and hours on it. */
const studies: Readonly<Record<string, Promised>> = {
  "quick.yaml": { host: "small", hours: 1 / 6 },
  "first.yaml": { host: "small", hours: 2 },
  "time-scale.yaml": { host: "small", hours: 1 },
  "elastic.yaml": { host: "small", hours: 1 },
  "thousand.yaml": { host: "roomy", hours: 2, log: "SDSC-SP2-1998-first-5000.swf" },
  "full.yaml": { host: "server", hours: 96 },
};

test("every study is one of those that are checked here", () => {
  expect(readdirSync(path.join(repoRoot, "studies")).sort()).toEqual(Object.keys(studies).sort());
});

describe.each(Object.entries(studies))("studies/%s", (name, promised) => {
  const { host: hostName, hours, log } = promised;
  const file = log === undefined ? null : realLog(log);

  beforeEach(({ skip }) => {
    if (log !== undefined && file === null) skip("no ../shared/traces");
  });

  async function planned() {
    const document = await readCampaignFile(path.join(repoRoot, "studies", name));
    return planCampaign(document, file === null ? [] : [`workload.file=${file}`]);
  }

  test("fits its host, its time and its budget", async () => {
    const plan = await planned();
    const host: CampaignHost = {
      ...hosts[hostName],
      autoDomain: "lxc",
      inotify: null,
      running: new Set(),
      rangeConflict: () => null,
    };
    const fit = fitHost(plan, host);
    expect(fit.problems).toEqual([]);
    const times = campaignTimes(plan, fit.atOnce, new Map());
    expect(times.totalSeconds).toBeLessThanOrEqual(hours * 3600);
    expect(times.affordableRuns).toBe(plan.runs.length);
  });

  test("gives every run a deadline that it can keep", async () => {
    const { tuples } = await planned();
    for (const { spec, workload } of tuples) {
      expect(spec.run.deadline).toBeGreaterThan(2 * workload.seconds);
    }
  });
});
