import { expect, test } from "vitest";
import { logFile } from "../../swf-fixture";
import { miniature, readLog, testFuzzed, testVariants } from "./fixture";

const ada = { user: "ada", group: "fluids", account: "cfd-1", partition: "work" };
const dee = { user: "dee", group: "chem", partition: "batch" };
const expected = [
  {
    ...{ submit: 0, eligible: 0, wait: 10, run: 3600, status: 1, estimate: 7200 },
    ...{ requested: 32, allocated: 32, nodes: 2, coresPerNode: 16, memoryMiB: 65_536, gpus: 0 },
    ...{ ...ada, name: "mesh" },
  },
  // Put back after ten minutes: its second execution counts.
  {
    ...{ submit: 300, eligible: 360, wait: 900, run: 7200, status: 0, estimate: 86_400 },
    ...{ requested: 20, allocated: 20, nodes: 2, coresPerNode: 10, memoryMiB: 98_304 },
    ...{ gpus: 4, gpuType: "a100", user: "bo", group: "Heat Group", account: "heat" },
    ...{ partition: "gpu", name: "two words start=7" },
  },
  // Deleted while it waited: of such a job only the queue is known.
  { submit: 600, status: 5, partition: "work" },
  {
    ...{ submit: 1800, eligible: 1800, wait: 5, run: 60, status: 1, estimate: 600 },
    ...{ requested: 1, allocated: 1, nodes: 1, coresPerNode: 1, gpus: 0, ...ada, name: "sweep" },
    array: { array: 1, task: 1, limit: 1 },
  },
  {
    ...{ submit: 1800, eligible: 1800, wait: 66, run: 59, status: 0, estimate: 600 },
    ...{ requested: 1, allocated: 1, nodes: 1, coresPerNode: 1, gpus: 0, ...ada, name: "sweep" },
    array: { array: 1, task: 2, limit: 1 },
  },
  // Torque: days in the limit, memory of each core, cores as ranges. Deleted while it ran.
  {
    ...{ submit: 3600, eligible: 3600, wait: 300, run: 300, status: 5, estimate: 86_400 },
    ...{ requested: 6, allocated: 6, nodes: 2, coresPerNode: 3, memoryMiB: 24_576, gpus: 2 },
    ...{ ...dee, name: "opt" },
  },
  { submit: 4800, status: 5, partition: "batch" },
  // As long as its limit: a time-out.
  {
    ...{ submit: 5100, eligible: 5100, wait: 0, run: 300, status: 0, estimate: 300 },
    ...{ requested: 4, allocated: 4, nodes: 1, coresPerNode: 4, ...dee, name: "old" },
  },
  {
    ...{ submit: 5900, eligible: 5900, wait: 100, estimate: 36_000 },
    ...{ requested: 1, allocated: 1, nodes: 1, coresPerNode: 1, gpus: 0 },
    ...{ ...dee, user: "eve", name: "still" },
  },
];

test("records of PBS and Torque become jobs, whose executions are one", async () => {
  const { jobs, oddities, why } = await readLog(miniature("pbs.txt"));
  expect(why).toMatch(/^pbs \(/);
  expect(jobs).toEqual(expected);
  expect(oddities).toEqual({});
});

test("only stamps are in the server's time zone", async () => {
  const { jobs } = await readLog(miniature("pbs.txt"), { zone: "Europe/Berlin" });
  // 08:10 and 09:20 there are an hour before the same in UTC; the job at the first is now the first of all.
  expect(jobs.map(({ submit }) => submit)).toEqual([
    0, 3000, 3300, 4200, 4800, 4800, 6600, 8100, 8900,
  ]);
});

const record = (rest: string, id = "9.head") =>
  `03/02/2026 09:00:10;E;${id};user=ada queue=work ctime=1772438400 ${rest}`;

test.each([
  ["no record", "some other text", /line 2: "some other text": expected a record such as/],
  [
    "a record that is cut off",
    record("start=1772438410 exec_ho"),
    /line 2: "user=ada .*up to its end/,
  ],
  [
    "an odd time",
    record("start=soon end=1772438500"),
    /line 2, column start: "soon": expected a date/,
  ],
  [
    "an end before the start",
    record("start=1772438500 end=1772438410"),
    /expected an end no earlier/,
  ],
  [
    "odd cores",
    record("start=1772438410 end=1772438411 Resource_List.ncpus=x"),
    /column .*requested_cores|whole number/,
  ],
])("%s is told with its line, and left out where that is allowed", async (_, line, problem) => {
  const file = logFile(`${record("start=1772438400 end=1772438500", "8.head")}\n${line}\n`, "log");
  const refusal = await readLog(file).then(String, ({ message, detail }) => `${message} ${detail}`);
  expect(refusal).toMatch(problem);
  const { jobs, oddities } = await readLog(file, { mode: "tolerant" });
  expect(jobs.length).toBe(1);
  expect(Object.values(oddities)).toEqual([1]);
});

test.each([
  ["two chunks on two hosts", "Resource_List.nodect=2", "n1/0*4+n2/0*4", 2],
  ["eight chunks that were put on two hosts", "Resource_List.nodect=8", "n1/0*4+n2/0*4", undefined],
  [
    "eight chunks that have to be on one host",
    "Resource_List.nodect=8 Resource_List.place=pack:excl",
    "n1/0*8",
    1,
  ],
  ["one chunk", "Resource_List.nodect=1 Resource_List.place=free", "n1/0*8", 1],
  ["a request that is not known", "", "n1/0*4+n2/0*4", 2],
])("%s", async (_, request, hosts, nodes) => {
  const line = record(
    `start=1772438400 end=1772438500 Exit_status=0 exec_host=${hosts} Resource_List.ncpus=8 ${request}`,
  );
  const { jobs } = await readLog(logFile(`${line}\n`, "log"));
  expect(jobs[0]?.nodes).toBe(nodes);
});

test("a job that runs on two servers of one name is told by its id with the server", async () => {
  const at = (id: string) =>
    `03/02/2026 09:00:10;E;${id};user=ada queue=q ctime=1772438400 start=1772438400 end=1772438500 Exit_status=0`;
  const { jobs } = await readLog(logFile(`${at("1.a")}\n${at("1.b")}\n`, "log"));
  expect(jobs.length).toBe(2);
});

test("a node that fails ends an execution without a record: the next start says so", async () => {
  const start = (moment: number) =>
    `03/02/2026 09:00:10;S;1.a;user=ada queue=q ctime=1772438400 start=${moment} exec_host=n1/0`;
  const end = `03/02/2026 10:00:10;E;1.a;user=ada queue=q ctime=1772438400 start=1772439000 end=1772439100 exec_host=n1/0 Exit_status=0`;
  const { jobs } = await readLog(
    logFile([start(1772438500), start(1772439000), end].join("\n"), "log"),
  );
  expect(jobs).toMatchObject([{ wait: 600, run: 100, status: 1 }]);
});

test("a task that was deleted with its whole array was cancelled", async () => {
  const end = (task: number, code: number) =>
    record(`start=1772438400 end=1772438500 Exit_status=${code}`, `5[${task}].head`);
  const deleted = "03/02/2026 09:00:00;D;5[].head;requestor=ada@login";
  const { jobs } = await readLog(logFile([deleted, end(1, 0), end(2, 271)].join("\n"), "log"));
  expect(jobs).toMatchObject([
    { status: 1, array: { array: 1, task: 1 } },
    { status: 5, array: { array: 1, task: 2 } },
  ]);
});

testVariants("pbs.txt", "pbs");
testFuzzed("pbs.txt");
