import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { packageChecks } from "../../cli/doctor/packages";
import { fluxNeeds } from "../../images/roles/flux";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), "schedlab-doctor-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true });
});

test.each([
  ["are not given", () => "", /^the flux image needs packages .*none are given/],
  ["will not do", () => dir, /^the packages in \S+ cannot be used: - it holds neither/],
])("packages that %s get a line that says what to provide", async (_, value, detail) => {
  vi.stubEnv("SCHEDLAB_FLUX_PACKAGES", value());
  expect(await packageChecks()).toEqual([
    {
      name: "packages of flux",
      status: "warn",
      detail: expect.stringMatching(detail),
      remedy: fluxNeeds.howTo,
    },
  ]);
});

test("packages that are there get a line with their versions", async () => {
  vi.stubEnv("SCHEDLAB_FLUX_PACKAGES", dir);
  const modules = fluxNeeds.others.map((name) => `/usr/lib/${name}.so`);
  for (const file of [...fluxNeeds.programs.map(({ path: name }) => name), ...modules]) {
    mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
    writeFileSync(path.join(dir, file), "");
  }
  writeFileSync(path.join(dir, "manifest.json"), JSON.stringify({ packages: fluxNeeds.packages }));
  expect(await packageChecks()).toMatchObject([
    { status: "ok", detail: expect.stringMatching(/flux-core 0\.88\.0, .* in \//), remedy: null },
  ]);
});
