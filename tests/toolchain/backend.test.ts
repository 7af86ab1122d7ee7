import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, hostname, tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  backendDirectory,
  brokenAttributes,
  stackLocks,
  staleLocks,
} from "../../toolchain/backend";

let directory: string;
let url: string;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "schedlab-backend-"));
  url = `file://${directory}`;
});
afterEach(() => rmSync(directory, { recursive: true }));

/** As Pulumi writes it, or with some other text. */
function lock(stack: string, content: object | string, id = "0f8a"): void {
  const place = path.join(directory, ".pulumi", "locks", "organization", "schedlab", stack);
  mkdirSync(place, { recursive: true });
  writeFileSync(
    path.join(place, `${id}.json`),
    typeof content === "string" ? content : JSON.stringify(content),
  );
}

const now = () => new Date().toISOString();
const held = (pid: number, changed: object = {}) => ({
  pid,
  username: "root",
  hostname: hostname(),
  timestamp: now(),
  ...changed,
});

/** The id of a process that has ended, and was reaped. */
async function endedProcess(): Promise<number> {
  const child = spawn("true");
  await once(child, "exit");
  return child.pid ?? 0;
}

describe("the locks of stacks", () => {
  test("of a process that lives is held, and not stale", () => {
    lock("dev", held(process.pid));
    expect(stackLocks(url, "dev")).toMatchObject([{ pid: process.pid, holder: "alive" }]);
    expect(staleLocks(stackLocks(url))).toEqual([]);
  });

  test("of a process that has ended is stale", async () => {
    const pid = await endedProcess();
    lock("dev", held(pid, { timestamp: "2026-11-25T11:00:00.123456789+02:00" }));
    expect(staleLocks(stackLocks(url))).toEqual([
      {
        stack: "dev",
        pid,
        user: "root",
        host: hostname(),
        since: "2026-11-25T09:00:00.123Z",
        holder: "gone",
      },
    ]);
  });

  test("is stale when a younger process has got its process id", () => {
    lock("dev", held(process.pid, { timestamp: "2020-01-01T00:00:00Z" }));
    expect(stackLocks(url)).toMatchObject([{ holder: "gone" }]);
  });

  test("of another host is never stale, since its process cannot be seen", async () => {
    lock("dev", held(await endedProcess(), { hostname: "elsewhere.example.org" }));
    expect(stackLocks(url)).toMatchObject([{ holder: "elsewhere" }]);
  });

  test("are those of one stack when it is named, by its exact name", async () => {
    const pid = await endedProcess();
    for (const stack of ["dev", "dev-b01"]) lock(stack, held(pid));
    expect(stackLocks(url, "dev").map(({ stack }) => stack)).toEqual(["dev"]);
    expect(stackLocks(url).map(({ stack }) => stack)).toEqual(["dev", "dev-b01"]);
  });

  test("are passed by when they are half written, and none are where there is no backend", () => {
    lock("dev", '{"pid": 1');
    expect(stackLocks(url)).toEqual([]);
    expect(stackLocks(`file://${directory}/never-was`)).toEqual([]);
  });
});

describe("unfinished attributes", () => {
  function attributes(file: string, text: string): string {
    const place = path.join(directory, ".pulumi", file);
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(place, text);
    return place;
  }

  test("of a stack's checkpoint, its copy and its locks are found, and whole ones are not", () => {
    const broken = [
      attributes("stacks/schedlab/dev.json.attrs", ""),
      attributes("stacks/schedlab/dev.json.bak.attrs", '{"user.cache'),
      attributes("locks/organization/schedlab/dev/0f8a.json.attrs", ""),
    ];
    attributes("meta.yaml.attrs", '{"user.cache_control":""}\n');
    expect(brokenAttributes(url, "dev")).toEqual(broken);
  });

  test("of another stack are not this one's, whose name begins alike", () => {
    attributes("stacks/schedlab/dev-b01.json.attrs", "");
    expect(brokenAttributes(url, "dev")).toEqual([]);
    expect(brokenAttributes("s3://bucket", "dev")).toEqual([]);
  });
});

test.each([
  ["file:///srv/state", "/srv/state"],
  ["file:///srv/state?no_tmp_dir=true", "/srv/state"],
  ["file://~/state", path.join(homedir(), "state")],
  ["file://~", homedir()],
  ["https://api.pulumi.com", undefined],
  ["s3://bucket", undefined],
])("the directory of the backend %s is %s", (address, expected) => {
  expect(backendDirectory(address)).toBe(expected);
});
