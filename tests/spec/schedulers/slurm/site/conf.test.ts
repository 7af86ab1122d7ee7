import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { printConf, readConf, settingOf } from "../../../../../spec/schedulers/slurm/site/conf";
import { readTable } from "../../../../../spec/schedulers/slurm/site/tables";

const read = (text: string, files: Record<string, string> = {}) =>
  readConf("slurm.conf", text, (name) => files[name]);

/** What a file says, without where it says so. */
function said(text: string) {
  const { conf } = read(text);
  const fields = (of: ReadonlyMap<string, { value: string }>) =>
    [...of].map(([key, { value }]) => [key, value]);
  return {
    settings: fields(conf.settings),
    records: [conf.nodes, conf.partitions, conf.nodeSets, conf.downNodes].map((records) =>
      records.map((record) => [record.beginning, record.name, fields(record.fields)]),
    ),
  };
}

describe("slurm.conf", () => {
  it("has comments, continued lines, quoted values, spaces around = and keys of any case", () => {
    const { conf, problems } = read(
      [
        "# a comment \\",
        "clustername=auriga # the name",
        "SchedulerParameters = bf_window=2880,\\",
        "bf_continue",
        'MailProg="/usr/bin/mail # of ours"',
        "Prolog=/etc/a\\#b",
        "NodeName=n[1-2] \\",
        "  CPUS=4",
      ].join("\r\n"),
    );
    expect(problems).toEqual([]);
    expect(settingOf(conf, "ClusterName")).toBe("auriga");
    expect(settingOf(conf, "schedulerparameters")).toBe("bf_window=2880,bf_continue");
    expect(settingOf(conf, "MailProg")).toBe("/usr/bin/mail # of ours");
    expect(settingOf(conf, "Prolog")).toBe("/etc/a#b");
    expect(conf.nodes.map(({ line, fields }) => [line, fields.get("cpus")?.value])).toEqual([
      [7, "4"],
    ]);
  });

  it("takes what it includes in its place, and says which file is missing", () => {
    const { conf, problems } = read("A=1\nInclude more.conf\nInclude gone.conf\nB=3", {
      "more.conf": "A=2\nC=4",
    });
    expect([...conf.settings.values()].map(({ key, value }) => `${key}=${value}`)).toEqual([
      "A=2",
      "C=4",
      "B=3",
    ]);
    expect(conf.settings.get("c")).toMatchObject({ file: "more.conf", line: 2 });
    expect(problems).toMatchObject([{ file: "slurm.conf", line: 3, key: "Include" }]);
    expect(read("Include x", { x: "Include x" }).problems[0]?.message).toMatch(/within each other/);
  });

  it("gives defaults to the lines behind them, and adds with +=", () => {
    const { conf } = read(
      [
        "PartitionName=a Nodes=n1",
        "PartitionName=DEFAULT MaxTime=60 State=UP",
        "PartitionName=b Nodes=n1 State=DOWN",
        "JobSubmitPlugins=lua",
        "JobSubmitPlugins+=throttle",
        'JobSubmitPlugins+=""',
      ].join("\n"),
    );
    const of = (index: number) =>
      [...(conf.partitions[index]?.fields ?? [])].map(([key, { value }]) => `${key}=${value}`);
    expect(of(0)).toEqual(["nodes=n1"]);
    expect(of(1)).toEqual(["maxtime=60", "state=DOWN", "nodes=n1"]);
    expect(settingOf(conf, "JobSubmitPlugins")).toBe("lua,throttle");
  });

  it("has problems with their line and key", () => {
    const { problems } = read(
      "A=1\nnonsense\nB-=2\nNodeName=n[1- CPUs=1\nNodeName=x CPUs=1 CPUs=2",
    );
    expect(problems.map(({ line, key }) => [line, key])).toEqual([
      [2, ""],
      [3, "B"],
      [4, "NodeName"],
      [5, "CPUs"],
    ]);
    expect(problems[0]?.message).toBe('expected Key=Value, got "nonsense"');
  });

  const key = fc.constantFrom(
    "ClusterName",
    "SchedulerParameters",
    "KillWait",
    "Licenses",
    "MailProg",
  );
  const field = fc.constantFrom("CPUs", "RealMemory", "Feature", "Gres", "Weight", "MaxTime");
  const value = fc.oneof(
    fc.stringMatching(/^[\w./:=,[\]()*-]{1,12}$/),
    fc.stringMatching(/^[\w #\\]{0,12}$/),
  );
  const node = fc.tuple(
    fc.constantFrom("NodeName", "PartitionName", "NodeSet", "DownNodes"),
    fc.stringMatching(/^[a-z]{1,4}\d?$/),
    fc.uniqueArray(field),
    fc.array(value, { minLength: 6, maxLength: 6 }),
  );

  it("is the same when it is printed and read again", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(key, value)), fc.array(node), (settings, nodes) => {
        const quoted = (text: string) => `"${text}"`;
        const text = [
          ...settings.map(([name, one]) => `${name}=${quoted(one)}`),
          ...nodes.map(([kind, name, fields, values]) =>
            [
              `${kind}=${name}`,
              ...fields.map((one, index) => `${one}=${quoted(values[index] ?? "")}`),
            ].join(" "),
          ),
        ].join("\n");
        expect(read(text).problems).toEqual([]);
        expect(said(printConf(read(text).conf))).toEqual(said(text));
      }),
    );
  });

  const line = fc.oneof(
    fc.string({ maxLength: 60 }),
    fc.stringMatching(
      /^(NodeName|PartitionName|Include|A|Gres|Nodes)? ?[+-]?=?[ "#\\a-c[\]0-9,=-]{0,30}$/,
    ),
  );

  it("never crashes, whatever is in it: 10,000 lines, and what is wrong has a place", () => {
    fc.assert(
      fc.property(fc.array(line, { minLength: 20, maxLength: 20 }), (lines) => {
        const text = lines.join("\n");
        const { problems, conf } = read(text, { a: "b=1" });
        for (const problem of problems) {
          expect(problem.line).toBeGreaterThan(0);
          expect(problem.message).toMatch(/expected/);
        }
        readConf("slurm.conf", printConf(conf));
        readTable("gres.conf", text);
        readTable("topology.conf", text);
      }),
      { numRuns: 500 },
    );
  });
});

describe("gres.conf and topology.conf", () => {
  it("have lines of their own, and refuse others", () => {
    const gres = readTable(
      "gres.conf",
      "AutoDetect=off\nNodeName=g1 Name=gpu File=/dev/n0\nSwitchName=s",
    );
    expect(gres.records.map(({ name, fields }) => [name, fields.size])).toEqual([
      ["", 1],
      ["g1", 2],
    ]);
    expect(gres.problems).toMatchObject([{ file: "gres.conf", line: 3, key: "SwitchName" }]);
    const topology = readTable("topology.conf", "SwitchName=s Nodes=n[1-4]\nBlockName=b Nodes=n1");
    expect(topology.records.map(({ beginning }) => beginning)).toEqual(["SwitchName", "BlockName"]);
  });
});
