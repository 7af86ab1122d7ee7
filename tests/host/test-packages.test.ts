import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withoutServices } from "../../host/test-packages";

let directory: string;
let policy: string;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "schedlab-policy-"));
  policy = path.join(directory, "policy-rc.d");
});
afterEach(() => rmSync(directory, { recursive: true }));

const forbids = (text: string) => text.startsWith("#!/bin/sh\n") && text.endsWith("\nexit 101\n");

test("while packages are installed, a program forbids that services start; then it is gone", async () => {
  await withoutServices(async () => {
    expect(readFileSync(policy, "utf8")).toSatisfy(forbids);
    expect(statSync(policy).mode & 0o111).toBe(0o111);
  }, policy);
  expect(existsSync(policy)).toBe(false);
});

test("the program is gone also when the installation fails", async () => {
  const failing = withoutServices(async () => {
    throw new Error("no network");
  }, policy);
  await expect(failing).rejects.toThrow("no network");
  expect(existsSync(policy)).toBe(false);
});

test("the host's own policy stays as it is", async () => {
  writeFileSync(policy, "#!/bin/sh\nexit 101\n");
  await withoutServices(async () => {}, policy);
  expect(readFileSync(policy, "utf8")).toBe("#!/bin/sh\nexit 101\n");
});

test("what a killed installation left is removed by the next one", async () => {
  let left = "";
  await withoutServices(async () => {
    left = readFileSync(policy, "utf8");
  }, policy);
  writeFileSync(policy, left);
  await withoutServices(async () => {}, policy);
  expect(existsSync(policy)).toBe(false);
});
