import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { registerTrace } from "../../cli/trace";
import { propertyRuns } from "../property-runs";
import { miniature, readLog } from "../workloads/logs/formats/fixture";
import { runCommand } from "./command";

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), "schedlab-anonymise-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

const trace = (...argv: string[]) => runCommand(registerTrace, "trace", ...argv);

/** Of the logs of PBS and LSF made by hand: of users, groups, accounts, jobs, nodes and servers. */
const names = [
  ...["fluids", "Heat Group", "cfd-1", "heat", "chem", "mesh", "two words", "sweep", "still"],
  ...["head", "torque", "default", "never", "O'Hara, Éva"],
];

/** Of a log that schedlab has written. */
const columns = [
  ...["job", "label", "array", "array_task", "array_limit", "array_tasks", "het", "submit"],
  ...["eligible", "start", "end", "run_s", "state", "user", "group", "account", "partition", "qos"],
  ...["name", "requested_cores", "allocated_cores", "nodes", "memory_mib", "gpus", "gpu_type"],
  ...["limit_s", "constraint", "dependency", "priority", "node_list"],
];

/** A log of ours in CSV with these values in its columns. */
function ownLog(rows: readonly Readonly<Record<string, string | undefined>>[]): string {
  const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;
  const lines = rows.map((row, index) => {
    const all: Record<string, string | undefined> = {
      job: `${index + 1}`,
      submit: `${1e9 + index}`,
      ...row,
    };
    return columns.map((column) => quoted(all[column] ?? "")).join(",");
  });
  return `${[columns.join(","), ...lines].join("\n")}\n`;
}

describe("a log without names", () => {
  test.each(["csv", "parquet", "swf"])("has none of them as %s", async (format) => {
    const at = folder();
    const [key, out] = [path.join(at, "key"), path.join(at, "out")];
    for (const log of ["pbs.txt", "lsb.acct"]) {
      await trace(miniature(log), "--anonymise", key, "--to", format, "--out", out);
      const bytes = readFileSync(out);
      for (const name of names.filter((each) => format === "csv" || each.length > 6)) {
        expect(bytes.includes(name), `${name} in ${log}`).toBe(false);
      }
      if (format !== "csv") continue;
      const users = readFileSync(out, "utf8").match(/\b(ada|bo|cy|dee|eve|n01|g01|t02)\b/g);
      expect(users).toBeNull();
    }
  });

  test("is the same log otherwise", async () => {
    const at = folder();
    const out = path.join(at, "out.parquet");
    for (const log of ["pbs.txt", "flux-jobs.json", "supercloud.csv"]) {
      const before = await readLog(miniature(log));
      await trace(
        miniature(log),
        "--anonymise",
        path.join(at, "key"),
        "--to",
        "parquet",
        "--out",
        out,
      );
      const after = await readLog(out);
      expect(after.jobs.length).toBe(before.jobs.length);
      const named = ["user", "group", "account", "name"];
      const others = (job: object) =>
        Object.fromEntries(Object.entries(job).filter(([key]) => !named.includes(key)));
      expect(after.jobs.map(others)).toEqual(before.jobs.map(others));
      // Whoever was the same is the same.
      for (const key of named) {
        const pairs = before.jobs.map((job, index) => [job[key], after.jobs[index]?.[key]]);
        const forward = new Set(pairs.map(([name, alias]) => `${name} ${alias}`)).size;
        expect(new Set(pairs.map(([name]) => name)).size).toBe(forward);
        expect(new Set(pairs.map(([, alias]) => alias)).size).toBe(forward);
      }
    }
  });

  test("has the same aliases in every file under one key, and others under another", async () => {
    const at = folder();
    const users = async (log: string, key: string) => {
      const out = path.join(at, "out.csv");
      await trace(miniature(log), "--anonymise", path.join(at, key), "--to", "csv", "--out", out);
      return new Set(readFileSync(out, "utf8").match(/user-[a-z2-7]{12}/g));
    };
    const [pbs, lsf, other] = [
      await users("pbs.txt", "one"),
      await users("lsb.acct", "one"),
      await users("pbs.txt", "two"),
    ];
    // ada, bo and dee are in both.
    expect([...pbs].filter((alias) => lsf.has(alias)).length).toBe(3);
    expect([...pbs].filter((alias) => other.has(alias)).length).toBe(0);
  });

  test("keeps the time of day and the day of the week when its calendar is shifted", async () => {
    const at = folder();
    const starts = async (...shift: string[]) => {
      const out = path.join(at, "out.swf");
      await trace(
        miniature("pbs.txt"),
        "--anonymise",
        path.join(at, "key"),
        "--out",
        out,
        ...shift,
      );
      return Number(/UnixStartTime: (\d+)/.exec(readFileSync(out, "utf8"))?.[1]);
    };
    const week = 7 * 86_400;
    expect(await starts()).toBe(1_772_438_400);
    expect(await starts("--shift-weeks", "3")).toBe(1_772_438_400 - 3 * week);
    const secret = await starts("--shift-calendar");
    expect(secret).toBe(await starts("--shift-calendar"));
    const weeks = (1_772_438_400 - secret) / week;
    expect(Number.isInteger(weeks) && weeks >= 1 && weeks <= 521).toBe(true);
  });

  test("has numbers for ids, and dependencies among them", async () => {
    const at = folder();
    const [file, out] = [path.join(at, "log"), path.join(at, "out.csv")];
    const ids = ["hydra/40", "hydra/41", "hydra/42", "hydra/43"];
    writeFileSync(
      file,
      ownLog([
        { job: ids[0], label: "40_7", array: "40", array_task: "7" },
        { job: ids[1], dependency: "afterok:hydra/40" },
        { job: ids[2], dependency: "afterany:40_7:hydra/41,afterok:hydra/99" },
        { job: ids[3], dependency: "afterok:hydra/99" },
      ]),
    );
    await trace(file, "--anonymise", path.join(at, "key"), "--to", "csv", "--out", out);
    const [header = "", ...lines] = readFileSync(out, "utf8").trimEnd().split("\n");
    const place = (name: string) => header.split(",").indexOf(name);
    const cells = lines.map((line) => line.replaceAll(/"[^"]*"/g, "list").split(","));
    const of = (name: string) => cells.map((row) => row[place(name)]);
    expect(of("job")).toEqual(["1", "2", "3", "4"]);
    expect(of("label")).toEqual(["", "", "", ""]);
    expect(of("array")).toEqual(["1", "", "", ""]);
    // A job that is not in the log has ended before it.
    expect(of("dependency")).toEqual(["", "afterok:1", "afterany:1:2", ""]);
  });

  test("has no calendar to shift where its times count from a moment of their own", async () => {
    const at = folder();
    const [key, out] = [path.join(at, "key"), path.join(at, "out.swf")];
    const shifted = trace(
      miniature("openb.csv"),
      "--anonymise",
      key,
      "--out",
      out,
      "--shift-calendar",
    );
    await expect(shifted).rejects.toThrow(/has no calendar/);
    await trace(miniature("openb.csv"), "--anonymise", key, "--out", out);
    expect(readFileSync(out, "utf8")).not.toContain("UnixStartTime");
  });

  test("keeps of an SWF file's header the number of processors", async () => {
    const at = folder();
    const [file, out] = [path.join(at, "log.swf"), path.join(at, "out.swf")];
    writeFileSync(
      file,
      "; Installation: Smith's laboratory\n; MaxProcs: 8\n; UnixStartTime: 1000000000\n; Queue: 1 smith\n" +
        "7 0 1 2 4 -1 -1 4 60 -1 1 17 3 -1 1 -1 -1 -1\n9 5 1 2 4 -1 -1 4 60 -1 1 12 3 -1 1 -1 -1 -1\n",
    );
    await trace(file, "--anonymise", path.join(at, "key"), "--out", out, "--shift-weeks", "1");
    const text = readFileSync(out, "utf8");
    expect(text).not.toMatch(/smith|laboratory/i);
    expect(text).toContain("; MaxProcs: 8\n");
    expect(text).toContain("; UnixStartTime: 999395200\n");
    const jobs = text.split("\n").filter((line) => /^\d/.test(line));
    expect(jobs).toEqual([
      "1 0 1 2 4 -1 -1 4 60 -1 1 1 1 -1 1 1 -1 -1",
      "2 5 1 2 4 -1 -1 4 60 -1 1 2 1 -1 1 1 -1 -1",
    ]);
  });

  test("has aliases for whatever the names are", async () => {
    const at = folder();
    const [file, out] = [path.join(at, "log"), path.join(at, "out.csv")];
    const name = fc.oneof(
      fc.string({ unit: "binary-ascii", minLength: 1 }),
      fc.constantFrom(
        "submit",
        "batch",
        "gpu",
        "user",
        "1234",
        "Éva Ö",
        "a,b",
        "completed",
        "node",
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(name, { minLength: 1, maxLength: 6 }), async (given) => {
        // What the log's own format takes for "unknown", and what no line of text can hold.
        const used = given.map((each) => each.replaceAll(/[\r\n\0]/g, " ").trim()).filter(Boolean);
        fc.pre(used.length > 0);
        writeFileSync(file, ownLog(used.map((user) => ({ user, account: user, name: user }))));
        await trace(file, "--anonymise", path.join(at, "key"), "--to", "csv", "--out", out);
        const [, ...lines] = readFileSync(out, "utf8").trimEnd().split("\n");
        const aliases = lines.map((line) =>
          /,(user-[a-z2-7]{12}),,(account-[a-z2-7]{12}),/.exec(line),
        );
        expect(aliases.length).toBe(used.length);
        expect(aliases).not.toContain(null);
        const pairs = used.map((user, index) => `${user} ${aliases[index]?.[1]}`);
        expect(new Set(pairs).size).toBe(new Set(used).size);
        expect(new Set(aliases.map((each) => each?.[1])).size).toBe(new Set(used).size);
      }),
      { numRuns: propertyRuns(25) },
    );
  }, 120_000);
});

describe("a name that is left", () => {
  const smith = { user: "smith", account: "physics" };

  test.each([
    ["in the name of a partition", { ...smith, partition: "smith-lab" }],
    ["as the name of a QOS", { ...smith, qos: "physics" }],
    ["as the short name of a partition", { user: "bob", partition: "bob" }],
    ["as the short name of a QOS in capitals", { account: "xy", qos: "XY" }],
    ["as a word of the format", { user: "end", partition: "end" }],
    ["as a short part of a constraint", { user: "bob", constraint: "a100&bob" }],
    ["in a constraint", { ...smith, constraint: "rack7&ofsmith" }],
  ])("%s is an error, and nothing is written", async (_, row) => {
    const at = folder();
    const [file, key, out] = ["log", "key", "out"].map((name) => path.join(at, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(file, ownLog([row]));
    for (const format of ["csv", "parquet"]) {
      const refused = trace(file, "--anonymise", key, "--to", format, "--out", out);
      await expect(refused).rejects.toThrow(
        /still in what was written.*"(smith|physics|bob|XY|end)"/,
      );
      await expect(refused).rejects.toMatchObject({
        remedy: expect.stringContaining("--anonymise-queues"),
      });
      expect(existsSync(out)).toBe(false);
    }
    writeFileSync(out, "what was there");
    await expect(trace(file, "--anonymise", key, "--to", "csv", "--out", out)).rejects.toThrow();
    expect(readFileSync(out, "utf8")).toBe("what was there");
    await trace(file, "--anonymise", key, "--anonymise-queues", "--to", "csv", "--out", out);
    expect(readFileSync(out, "utf8")).not.toMatch(/smith|physics|bob|\bxy\b/i);
  });

  test("is none where a queue has a name that queues have everywhere", async () => {
    const at = folder();
    const [file, out] = [path.join(at, "log"), path.join(at, "out")];
    writeFileSync(
      file,
      ownLog([
        {
          user: "batch",
          account: "gpu",
          name: "low",
          partition: "batch",
          qos: "GPU",
          constraint: "low",
        },
      ]),
    );
    await trace(file, "--anonymise", path.join(at, "key"), "--to", "csv", "--out", out);
    expect(readFileSync(out, "utf8")).toMatch(/user-\w{12},,account-\w{12},batch,GPU,/);
  });
});

describe("the key", () => {
  const use = (key: string, at: string) =>
    trace(miniature("pbs.txt"), "--anonymise", key, "--out", path.join(at, "out.swf"), "--json");

  test("is made once, for its owner only, and never printed", async () => {
    const at = folder();
    const key = path.join(at, "key");
    const first = JSON.parse((await use(key, at)).output);
    expect(first.key).toBe("made");
    expect(statSync(key).mode & 0o777).toBe(0o600);
    const text = readFileSync(key, "utf8");
    expect(text).toMatch(/^[0-9a-f]{64}\n$/);
    const { output } = await use(key, at);
    expect(JSON.parse(output).key).toBe("used");
    expect(output).not.toContain(text.trim());
    expect(readFileSync(key, "utf8")).toBe(text);
  });

  test("is refused where others can read it, and where it is none", async () => {
    const at = folder();
    const key = path.join(at, "key");
    writeFileSync(key, `${"0a".repeat(32)}\n`, { mode: 0o644 });
    chmodSync(key, 0o644);
    await expect(use(key, at)).rejects.toThrow(/others than you can read the key/);
    chmodSync(key, 0o600);
    await use(key, at);
    writeFileSync(key, "secret\n");
    await expect(use(key, at)).rejects.toThrow(/does not hold a key/);
    const log = path.join(at, "log.txt");
    writeFileSync(log, readFileSync(miniature("pbs.txt")), { mode: 0o644 });
    await expect(use(log, at)).rejects.toMatchObject({
      message: expect.stringContaining("does not hold a key"),
      remedy: expect.not.stringContaining("remove"),
    });
    await expect(use(path.join(at, "none", "key"), at)).rejects.toThrow(/cannot make the key/);
    await expect(use(path.join(at, "out.swf"), at)).rejects.toThrow(/is the file of the key/);
  });
});

test.each([
  [["--anonymise", "k"], /--anonymise needs --out FILE/],
  [["--anonymise", "k", "--out", "-"], /--anonymise needs --out FILE/],
  [["--anonymise", "k", "--out", "/dev/null"], /--anonymise needs --out FILE/],
  [["--anonymise-queues", "--out", "o"], /--anonymise-queues needs --anonymise/],
  [["--shift-weeks", "2", "--out", "o"], /--shift-weeks needs --anonymise/],
  [["--shift-calendar", "--out", "o"], /--shift-calendar needs --anonymise/],
  [["--anonymise", "k", "--out", "o", "--shift-weeks", "2", "--shift-calendar"], /either/],
  [["--anonymise", "k", "--out", "o", "--shift-weeks", "0"], /whole number from 1/],
  [["--anonymise", "k", "--out", "o", "--to", "csv", "--first", "3"], /writes the whole log/],
])("wrong use is told: %j", async (options, problem) => {
  expect((await trace(miniature("pbs.txt"), ...options)).wrongUse).toMatch(problem);
});
