import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { watchObjects } from "../../../../experiments/schedulers/kubernetes/watch";
import { FakeApiServer, type Item } from "./api-server";

const item = (name: string, resourceVersion: number): Item => ({
  metadata: { name, resourceVersion: String(resourceVersion) },
});

let api: FakeApiServer;
let watch: { close(): void } | undefined;
const seen: string[] = [];
const interruptions: string[] = [];
const failures: string[] = [];

beforeEach(async () => {
  seen.length = interruptions.length = failures.length = 0;
  api = new FakeApiServer();
  await api.listen();
});

afterEach(async () => {
  watch?.close();
  await api.die().catch(() => {});
});

async function open(resumeMs = 5_000) {
  const say = (verb: string) => (object: unknown) => {
    const { name, resourceVersion } = (object as Item).metadata;
    if (name === "bad") throw new Error("cannot be read");
    seen.push(`${verb} ${name} ${resourceVersion}`);
  };
  watch = await watchObjects(api.config, {
    host: "controller",
    step: "watch the jobs",
    path: "/jobs",
    selector: "run=x",
    list: async () => {
      const response = await fetch(`${api.url}/jobs`);
      return (await response.json()) as ReturnType<FakeApiServer["list"]>;
    },
    onObject: say("is"),
    onGone: say("gone"),
    onInterruption: (error) => interruptions.push(error.message),
    onFailure: (error) => failures.push(error.message),
    resumeMs,
    pauseMs: 10,
  });
}

const until = (done: () => void) => vi.waitFor(done, { timeout: 3_000, interval: 5 });

test("objects that are there, that come, change and go are delivered", async () => {
  api.items = [item("a", 1)];
  await open();
  api.send("ADDED", item("b", 2));
  api.send("MODIFIED", item("a", 3));
  api.send("DELETED", item("b", 4));
  await until(() => expect(seen).toEqual(["is a 1", "is b 2", "is a 3", "gone b 4"]));
  expect(api.watchedFrom).toEqual(["1"]);
});

test("a watch that the API server ends goes on behind the last change, without a list", async () => {
  await open();
  api.send("ADDED", item("a", 5));
  api.send("BOOKMARK", item("", 9));
  await until(() => expect(seen).toEqual(["is a 5"]));
  api.endWatches();
  await until(() => expect(api.watchedFrom).toEqual(["1", "9"]));
  expect(api.lists).toBe(1);
  expect(interruptions).toEqual([]);
});

test("nothing is lost while the API server is away", async () => {
  await open();
  api.send("ADDED", item("a", 5));
  await until(() => expect(seen).toEqual(["is a 5"]));
  await api.die();
  await until(() => expect(interruptions).not.toEqual([]));
  await api.listen();
  await until(() => expect(api.watchedFrom).toEqual(["1", "5"]));
  api.send("MODIFIED", item("a", 6));
  await until(() => expect(seen).toEqual(["is a 5", "is a 6"]));
  expect(interruptions).toHaveLength(1);
  expect(interruptions[0]).toContain("controller: watch the jobs: ");
  expect(failures).toEqual([]);
});

test("a version that the API server forgot is made up for by a new list", async () => {
  api.items = [item("a", 1), item("b", 1)];
  await open();
  await api.die();
  api.items = [item("b", 30), item("c", 20)];
  api.version = 40;
  api.oldest = 10;
  await api.listen();
  await until(() => expect(api.watchedFrom).toEqual(["1", "1", "40"]));
  expect(seen.slice(2).sort()).toEqual(["gone a 1", "is b 30", "is c 20"]);
});

test("an API server that stays away is a failure when the time is up", async () => {
  await open(50);
  await api.die();
  await until(() => expect(failures).toHaveLength(1));
  expect(failures[0]).toMatch(/^controller: watch the jobs: .*ECONNREFUSED/);
});

test("one that is away from the start is an error at once", async () => {
  await api.die();
  await expect(open()).rejects.toThrow(/^controller: watch the jobs: /);
});

test("an object that cannot be read is a failure, not a crash", async () => {
  await open();
  api.send("ADDED", item("bad", 2));
  await until(() => expect(failures).toEqual(["cannot be read"]));
});
