import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pulumiEnvironment, shellExports, stateDir } from "../../toolchain/environment";
import type { Toolchain } from "../../toolchain/toolchain";

const toolchain: Toolchain = {
  source: "built",
  pulumi: "/cache/bin/pulumi",
  pathDirs: ["/cache/bin"],
  environment: { PULUMI_HOME: "/cache/home" },
  versions: { pulumi: "3.250.0", libvirt: "0.8.3", command: "1.2.1" },
};

let directory: string;
let user: NodeJS.ProcessEnv;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "schedlab-environment-"));
  user = {
    PATH: "/usr/bin:/bin",
    SCHEDLAB_STATE: path.join(directory, "state"),
    PULUMI_HOME: path.join(directory, "home"),
  };
});
afterEach(() => rmSync(directory, { recursive: true }));

function logIn(home: string): void {
  mkdirSync(home, { recursive: true });
  writeFileSync(
    path.join(home, "credentials.json"),
    JSON.stringify({ current: "https://api.pulumi.com", accessTokens: {} }),
  );
}

describe("the environment for Pulumi", () => {
  test("puts the toolchain first on PATH, once", () => {
    const { PATH } = pulumiEnvironment(toolchain, user);
    expect(PATH).toBe("/cache/bin:/usr/bin:/bin");
    expect(pulumiEnvironment(toolchain, { ...user, PATH }).PATH).toBe(PATH);
  });

  test("has a file backend in the state directory", () => {
    const { PULUMI_BACKEND_URL } = pulumiEnvironment(toolchain, user);
    expect(PULUMI_BACKEND_URL).toBe(`file://${directory}/state/pulumi?metadata=skip`);
    expect(statSync(path.join(directory, "state", "pulumi")).isDirectory()).toBe(true);
  });

  test("has a passphrase that is made once, for its owner's eyes only", () => {
    const first = pulumiEnvironment(toolchain, user).PULUMI_CONFIG_PASSPHRASE_FILE ?? "";
    const secret = readFileSync(first, "utf8");
    expect(secret.trim().length).toBeGreaterThan(40);
    expect(statSync(first).mode & 0o777).toBe(0o600);
    expect(statSync(path.dirname(first)).mode & 0o777).toBe(0o700);
    expect(pulumiEnvironment(toolchain, user).PULUMI_CONFIG_PASSPHRASE_FILE).toBe(first);
    expect(readFileSync(first, "utf8")).toBe(secret);
  });

  test("leaves the user's backend alone", () => {
    const own = { ...user, PULUMI_BACKEND_URL: "s3://mine" };
    expect(pulumiEnvironment(toolchain, own)).not.toHaveProperty("PULUMI_BACKEND_URL");
  });

  test("finds the user's login although the plugins have a home of their own", () => {
    const home = path.join(directory, "home");
    logIn(home);
    const variables = pulumiEnvironment(toolchain, user);
    expect(variables).not.toHaveProperty("PULUMI_BACKEND_URL");
    expect(variables.PULUMI_CREDENTIALS_PATH).toBe(home);
    expect(variables.PULUMI_HOME).toBe("/cache/home");
  });

  test.each([{ PULUMI_CONFIG_PASSPHRASE: "" }, { PULUMI_CONFIG_PASSPHRASE_FILE: "/mine" }])(
    "leaves the user's passphrase alone: %o",
    (own) => {
      const variables = pulumiEnvironment(toolchain, { ...user, ...own });
      expect(variables).not.toHaveProperty("PULUMI_CONFIG_PASSPHRASE_FILE");
    },
  );

  test("keeps its state where the user's other state is", () => {
    expect(stateDir({ XDG_STATE_HOME: "/s" })).toBe("/s/schedlab");
    expect(stateDir({ XDG_STATE_HOME: "/s", SCHEDLAB_STATE: "/t" })).toBe("/t");
  });
});

describe("the shell's exports", () => {
  test("survive any value", () => {
    const value = fc
      .string({ unit: "grapheme", maxLength: 40 })
      .filter((text) => !text.includes("\0"));
    fc.assert(
      fc.property(value, (text) => {
        const script = `${shellExports({ A_VALUE: text })}\nprintf '%s' "$A_VALUE"`;
        expect(execFileSync("sh", ["-c", script], { encoding: "utf8" })).toBe(text);
      }),
      { numRuns: 50 },
    );
  });

  test("add to the PATH of the shell instead of replacing it", () => {
    const inherited = "/npx/.bin:/usr/bin";
    const variables = { PATH: `/the cache/bin:${inherited}` };
    expect(shellExports(variables, inherited)).toBe(`export PATH='/the cache/bin':"$PATH"`);
    expect(shellExports({ PATH: inherited }, inherited)).toBe("");
  });
});
