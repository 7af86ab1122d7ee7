import { expect, test } from "vitest";
import { type ReplayWorkload, workloadSchema } from "../../spec/workload";
import type { JobAsks } from "../../workloads/asks";
import { chooseJobs } from "../../workloads/choose";
import { SwfReading } from "../../workloads/swf/read";
import { logFile } from "./swf-fixture";

/** A log of one-core jobs, whose users have these names beside their numbers. */
async function usersOf(names: readonly (string | undefined)[], users: object): Promise<string[]> {
  const lines = names.map(
    (_, index) => `${index + 1} ${index} 0 10 1 -1 -1 1 -1 -1 1 ${index + 1} -1 -1 -1 -1 -1 -1`,
  );
  const reading = new SwfReading(logFile(lines.join("\n")), "tolerant");
  const named = {
    name: "log",
    header: reading.header,
    jobs: names.length,
    records: names.length,
    hash: "",
    async *batches() {
      for await (const batch of reading.batches()) {
        yield batch.map((record) => {
          const user = names[record.job - 1];
          const asks: JobAsks = user === undefined ? {} : { user };
          return { ...record, asks };
        });
      }
    },
  };
  const workload = workloadSchema.parse({ kind: "trace", jobs: names.length, users });
  const { choices } = await chooseJobs(
    named,
    workload as ReplayWorkload,
    { capacityCores: 8, largestNodeCores: 8, memoryPerCoreMiB: 1, gpus: 0 },
    undefined,
  );
  return choices.map(({ user }) => user);
}

test("users of a log who are named are whom they are said to be, and the others take turns", async () => {
  const users = { count: 3, names: { ada: "user03", bob: "user01" } };
  const log = ["ada", "eve", "bob", undefined, "ada", "dan"];
  expect(await usersOf(log, users)).toEqual([
    ...["user03", "user01", "user01", "user02", "user03", "user03"],
  ]);
  expect(await usersOf(log, { count: 3 })).toEqual([
    ...["user01", "user02", "user03", "user01", "user02", "user03"],
  ]);
});
