import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AccountDump,
  printDump,
  readDump,
} from "../../../../../spec/schedulers/slurm/site/dump";
import { printQos, readQos } from "../../../../../spec/schedulers/slurm/site/qos";

const dump = [
  "# To edit this file start with a cluster line",
  "Cluster - 'auriga':Fairshare=1:QOS='normal,high'",
  "Parent - 'root'",
  "User - 'root':DefaultAccount='root':AdminLevel='Administrator'",
  "Account - 'physics':Description='all of it':Fairshare=40",
  "Parent - 'physics'",
  "Account - 'astro':Fairshare=3",
  "Parent - 'astro'",
  "User - 'ada':DefaultAccount='astro':Fairshare=2:MaxTRESPerJob=cpu=64,mem=1G",
  "User - 'o'brien':Fairshare=1",
].join("\n");

describe("a dump of accounts", () => {
  it("is a tree of accounts with users", () => {
    const { dump: read, problems } = readDump(dump);
    expect(problems).toEqual([]);
    expect(read.cluster).toBe("auriga");
    expect(
      read.associations.map(({ kind, name, parent }) => `${kind} ${name} in ${parent}`),
    ).toEqual([
      "account physics in root",
      "account astro in physics",
      "user ada in astro",
      "user o'brien in astro",
    ]);
    expect(read.associations[2]?.options.get("MaxTRESPerJob")).toBe("cpu=64,mem=1G");
  });

  it("has descriptions with apostrophes and colons, and accounts whatever their case", () => {
    const text =
      "Cluster - 'c'\nAccount - 'Lab':Description='Bob's: it's'':Fairshare=4\nParent - 'lab'\n";
    const { dump: read, problems } = readDump(text);
    expect(problems).toEqual([]);
    expect([...(read.associations[0]?.options ?? [])]).toEqual([
      ["Description", "Bob's: it's'"],
      ["Fairshare", "4"],
    ]);
    expect(readDump(printDump(read)).dump.associations[0]?.options).toEqual(
      read.associations[0]?.options,
    );
  });

  it("has problems with their lines", () => {
    const { problems } = readDump("Parent - 'x'\nnonsense\nAccount - 'a':Fairshare\nAccount - 'a'");
    expect(problems.map(({ line, message }) => [line, message])).toEqual([
      [1, "expected an account of an earlier line, got x"],
      [2, expect.stringContaining('got "nonsense"')],
      [3, 'expected Key=Value, got "Fairshare"'],
      [4, "a is there twice"],
      [0, "expected a line such as Cluster - 'name'"],
    ]);
  });

  const word = fc.stringMatching(/^[a-z][\w.-]{0,6}$/).filter((name) => name !== "root");
  const options = fc
    .uniqueArray(
      fc.tuple(
        fc.constantFrom("Fairshare", "QOS", "MaxJobs", "GrpTRES"),
        fc.stringMatching(/^[\w,=/]{0,8}$/),
      ),
      { selector: ([key]) => key },
    )
    .map((pairs) => new Map(pairs));
  const tree = fc
    .tuple(
      word,
      options,
      fc.uniqueArray(word, { minLength: 1, maxLength: 6 }),
      fc.array(fc.tuple(fc.nat(5), word, options), { maxLength: 10 }),
      fc.array(options, { minLength: 6, maxLength: 6 }),
    )
    .map(
      ([cluster, rootOptions, accounts, users, own]): AccountDump => ({
        cluster,
        rootOptions,
        associations: [
          ...accounts.map((name, index) => ({
            kind: "account" as const,
            name,
            parent: index === 0 ? "root" : (accounts[Math.floor((index - 1) / 2)] ?? "root"),
            options: own[index] ?? new Map(),
            line: 0,
          })),
          ...users.map(([at, name, theirs]) => ({
            kind: "user" as const,
            name,
            parent: accounts[at % accounts.length] ?? "root",
            options: theirs,
            line: 0,
          })),
        ],
      }),
    );

  it("is the same when it is printed and read again", () => {
    fc.assert(
      fc.property(tree, (written) => {
        const { dump: read, problems } = readDump(printDump(written));
        expect(problems).toEqual([]);
        expect({
          ...read,
          associations: read.associations.map((one) => ({ ...one, line: 0 })),
        }).toEqual(written);
      }),
    );
  });

  it("never crashes, whatever is in it: 10,000 lines", () => {
    const line = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.stringMatching(/^(Cluster|Parent|Account|User|Usr)( - |-)'?[a-c':= ]{0,20}$/),
    );
    fc.assert(
      fc.property(fc.array(line, { minLength: 20, maxLength: 20 }), (lines) => {
        readDump(lines.join("\n"));
        readQos(lines.join("\n"));
      }),
      { numRuns: 500 },
    );
  });
});

describe("the table of QOS", () => {
  it("has columns in any order, closed or not, and times of grace in seconds", () => {
    const rows = [
      "Name|GraceTime|MaxWall|MaxTRESPU",
      "normal|00:00:00||",
      "long|1-00:01:00|14-00:00:00|cpu=64",
    ];
    const { qos, problems } = readQos(rows.join("\n"));
    expect(problems).toEqual([]);
    expect(qos.map(({ name, options }) => [name, Object.fromEntries(options)])).toEqual([
      ["normal", { GraceTime: "0" }],
      ["long", { GraceTime: "86460", MaxWall: "14-00:00:00", MaxTRESPerUser: "cpu=64" }],
    ]);
    expect(readQos(rows.map((row) => `${row}|`).join("\n"))).toEqual({ qos, problems: [] });
    expect(readQos(printQos(qos))).toEqual({ qos, problems: [] });
  });

  it("has problems with their lines", () => {
    expect(readQos("Priority\n1").problems[0]?.message).toMatch(/sacctmgr -P show qos/);
    const { problems } = readQos("Name|Colour\nnormal|\nhigh|red\nlow");
    expect(problems.map(({ line, key }) => [line, key])).toEqual([
      [3, "colour"],
      [4, ""],
    ]);
  });
});
