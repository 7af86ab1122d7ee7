import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { outsidePackages } from "../../../images/outside/given";
import { fluxNeeds } from "../../../images/roles/flux";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), "schedlab-given-"));
  vi.stubEnv("SCHEDLAB_FLUX_PACKAGES", "");
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true });
});

const all = { "flux-core": "0.88.0", "flux-security": "0.15.0", "flux-sched": "0.54.0" };

/** What the role wants to see of Flux, with empty files. */
function stage(versions: Record<string, string>, without?: string): void {
  const modules = fluxNeeds.others.map((name) => `/usr/lib/flux/modules/${name}.so`);
  const files = [...fluxNeeds.programs.map(({ path: file }) => file), ...modules];
  for (const file of files.filter((name) => without === undefined || !name.includes(without))) {
    mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
    writeFileSync(path.join(dir, file), "");
  }
  writeFileSync(path.join(dir, "manifest.json"), JSON.stringify({ packages: versions }));
}

test("a role whose packages Debian holds needs none", async () => {
  expect(await outsidePackages("slurm", undefined)).toBeUndefined();
});

test("a role that needs packages says what to provide and where its makers say how", async () => {
  await expect(outsidePackages("flux", undefined)).rejects.toMatchObject({
    message: expect.stringMatching(/flux-core 0\.88\.0, flux-security .*, flux-sched .*, or later/),
    remedy: expect.stringMatching(
      /image\.packages .*SCHEDLAB_FLUX_PACKAGES.*make deb.*DESTDIR.*manifest\.json.*flux-core\/releases/,
    ),
  });
});

test("the configuration's directory goes before that of the environment", async () => {
  stage(all);
  vi.stubEnv("SCHEDLAB_FLUX_PACKAGES", dir);
  expect(await outsidePackages("flux", undefined)).toMatchObject({ dir, versions: all });
  await expect(outsidePackages("flux", "/nowhere")).rejects.toThrow(/\/nowhere cannot be used/);
});

test.each<[string, Record<string, string>, string | undefined, RegExp]>([
  ["an old version", { ...all, "flux-core": "0.87.1" }, undefined, /0\.87\.1: 0\.88\.0 or later/],
  ["a pre-release of it", { ...all, "flux-core": "0.88.0~rc1" }, undefined, /0\.88\.0 or later/],
  ["a missing package", { "flux-core": "0.100.0" }, undefined, /flux-sched is missing: 0\.54\.0/],
  ["a missing program", all, "flux-imp", /do not hold \/usr\/libexec\/flux\/flux-imp/],
  ["a missing module", all, "qmanager", /do not hold sched-fluxion-qmanager/],
])("%s is refused, with what to provide", async (_, versions, without, message) => {
  stage(versions, without);
  await expect(outsidePackages("flux", dir)).rejects.toMatchObject({
    message: expect.stringMatching(message),
    remedy: fluxNeeds.howTo,
  });
});

test("a later version will do", async () => {
  stage({ ...all, "flux-core": "0.100.0-1" });
  await expect(outsidePackages("flux", dir)).resolves.toMatchObject({ dir });
});

test("any role takes packages that the configuration names", async () => {
  stage({ made: "1" });
  expect(await outsidePackages("slurm", dir)).toMatchObject({ versions: { made: "1" } });
});

test("MPI programs want flux-pmix, and nothing else does", async () => {
  stage(all);
  await expect(outsidePackages("flux", dir, { mpi: true, programs: [] })).rejects.toMatchObject({
    message: expect.stringMatching(
      /flux-pmix is missing: 0\.7\.0 or later is needed for the MPI programs of this workload/,
    ),
    remedy: expect.stringMatching(/MPI programs such as HPL want flux-pmix too/),
  });
  await expect(outsidePackages("flux", dir)).resolves.toMatchObject({ dir });
  stage({ ...all, "flux-pmix": "0.7.0" });
  await expect(outsidePackages("flux", dir, { mpi: true, programs: [] })).resolves.toMatchObject({
    dir,
  });
});

test("a program of the workload's must be among the packages of any role", async () => {
  const needs = { mpi: false, programs: ["/usr/bin/xhpcg"] };
  await expect(outsidePackages("slurm", undefined, needs)).rejects.toMatchObject({
    message: "the workload needs /usr/bin/xhpcg on the nodes, and no packages are given",
    remedy: expect.stringMatching(/image\.packages/),
  });
  stage({ made: "1" });
  await expect(outsidePackages("slurm", dir, needs)).rejects.toThrow(
    `the workload needs /usr/bin/xhpcg on the nodes, and the packages in ${dir} do not hold it`,
  );
  writeFileSync(path.join(dir, "usr/bin/xhpcg"), "");
  expect(await outsidePackages("slurm", dir, needs)).toMatchObject({ dir });
  rmSync(path.join(dir, "usr/bin/xhpcg"));
  stage(all);
  await expect(outsidePackages("flux", dir, needs)).rejects.toMatchObject({
    remedy: expect.not.stringContaining("flux-core"),
  });
});
