import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { configLines } from "../../../../spec/schedulers/slurm/config-lines";
import { withParameter } from "../../../../spec/schedulers/slurm/config-parameter";
import { listOf, readConf, settingOf } from "../../../../spec/schedulers/slurm/site/conf";
import { propertyRuns } from "../../../property-runs";

const site = `# The cluster of a site.
ClusterName=big SlurmctldPort=6817
schedulertype=sched/backfill
SchedulerParameters=bf_window=1440,bf_continue,default_queue_depth=500 # days
PriorityType = priority/multifactor
AccountingStorageTRES=gres/gpu,\\
license/x
NodeName=DEFAULT CPUs=64 RealMemory=256000
NodeName=node[001-500] State=UNKNOWN
PartitionName=batch Nodes=node[001-400] MaxTime=1-0 Default=YES
PartitionName=gpu Nodes=node[401-500] \\
  MaxTime=INFINITE
`;

function changed(assignment: string, text = site): string {
  const result = withParameter({ text, included: {} }, assignment);
  if ("refused" in result) throw new Error(result.refused);
  return result.text;
}

function refusal(assignment: string, text = site): string {
  const result = withParameter({ text, included: {} }, assignment);
  return "refused" in result ? result.refused : "";
}

describe("one parameter of a slurm.conf", () => {
  test("is changed whatever its case, and the rest stays byte for byte", () => {
    expect(changed("SchedulerType=sched/builtin")).toBe(
      site.replace("sched/backfill", "sched/builtin"),
    );
    expect(changed("PRIORITYTYPE=priority/basic")).toBe(
      site.replace("priority/multifactor", "priority/basic"),
    );
    expect(changed("SlurmctldPort=7000")).toBe(site.replace("6817", "7000"));
  });

  test("that is a list of keys is merged by key, and a key with - goes away", () => {
    expect(changed("SchedulerParameters=bf_window=2880,bf_resolution=60")).toContain(
      "\nSchedulerParameters=bf_window=2880,bf_continue,default_queue_depth=500,bf_resolution=60 # days\n",
    );
    expect(changed("SchedulerParameters=-bf_continue")).toContain(
      "=bf_window=1440,default_queue_depth=500 # days\n",
    );
  });

  test("that spans lines is replaced whole", () => {
    expect(changed("AccountingStorageTRES=gres/gpu")).toBe(
      site.replace("gres/gpu,\\\nlicense/x", "gres/gpu"),
    );
  });

  test("that is absent has a line of its own at the end, in the file's own line breaks", () => {
    expect(changed("MaxJobCount=5")).toBe(`${site}MaxJobCount=5\n`);
    expect(changed("Epilog=/bin/a b", "A=1\r\nB=2")).toBe('A=1\r\nB=2\r\nEpilog="/bin/a b"\r\n');
  });

  test("that is there twice is changed where slurmctld reads it, in the last place", () => {
    expect(changed("MaxJobCount=5", "MaxJobCount=1\nmaxjobcount=2\n")).toBe(
      "MaxJobCount=1\nmaxjobcount=5\n",
    );
  });

  test("that += adds to is changed in the line that has the key, and the others stay", () => {
    const text = "SchedulerParameters=bf_window=1440\nSchedulerParameters+=bf_continue,defer # x\n";
    const set = (value: string) => changed(`SchedulerParameters=${value}`, text);
    expect(set("-bf_continue")).toBe(text.replace("bf_continue,", ""));
    expect(set("defer=1")).toBe(text.replace("defer", "defer=1"));
    expect(set("bf_window=2880")).toBe(text.replace("1440", "2880"));
    expect(set("-bf_window,bf_max_job_test=5")).toBe(
      'SchedulerParameters=""\nSchedulerParameters+=bf_continue,defer,bf_max_job_test=5 # x\n',
    );
    expect(changed("SchedulerParameters=a=2", "SchedulerParameters += a=1")).toBe(
      "SchedulerParameters += a=2",
    );
    const twice = "SchedulerParameters=a=1,b,a=2\nSchedulerParameters+=a=3";
    expect(changed("SchedulerParameters=a=9", twice)).toBe(
      'SchedulerParameters=a=9,b\nSchedulerParameters+=""',
    );
  });

  test("that a later line takes the place of is not changed in the earlier one", () => {
    const text = "SchedulerParameters+=a\nSchedulerParameters=b\nSchedulerParameters+=c\n";
    expect(changed("SchedulerParameters=-a", text)).toBe(text);
    expect(changed("SchedulerParameters=a=1", text)).toBe(text.replace("=c", "=c,a=1"));
  });

  test("that is no list of keys and has several values that add up is refused", () => {
    const reason = "is there several times, and all of its values count";
    const plugins = "JobSubmitPlugins=lua\nJobSubmitPlugins+=throttle\n";
    expect(refusal("JobSubmitPlugins=lua", plugins)).toBe(`JobSubmitPlugins ${reason}`);
    expect(refusal("Epilog=/c", "Epilog=/a\nEpilog=/b\n")).toBe(`Epilog ${reason}`);
    expect(changed("JobSubmitPlugins=x", `${plugins}JobSubmitPlugins=y`)).toBe(
      `${plugins}JobSubmitPlugins=x`,
    );
    const included = { "more.conf": plugins };
    const text = "Include more.conf\nJobSubmitPlugins=y\n";
    expect(withParameter({ text, included }, "JobSubmitPlugins=x")).toEqual({
      refused: `JobSubmitPlugins ${reason}`,
    });
  });

  test("of which the last key goes away is empty, and does not take what follows it", () => {
    expect(changed("SchedulerParameters=-a", "SchedulerParameters=a MaxJobCount=7\n")).toBe(
      'SchedulerParameters="" MaxJobCount=7\n',
    );
    expect(changed("SchedulerParameters=-a", "MaxJobCount=7\n")).toBe("MaxJobCount=7\n");
    expect(changed("PartitionName=gpu:TRESBillingWeights=-cpu")).toBe(site);
  });

  test("with a # in quotes is changed by its keys alone", () => {
    const set = "SchedulerParameters=bf_window=2880";
    expect(changed(set, 'SchedulerParameters="bf_continue,x=a#b" # c\n')).toBe(
      'SchedulerParameters="bf_continue,x=a#b,bf_window=2880" # c\n',
    );
    expect(changed("KillWait=5", 'KillWait="30"MaxJobCount=7')).toBe('KillWait="5"MaxJobCount=7');
    expect(changed("Epilog=/y", 'MailProg="/x # \\" Epilog=/x\n')).toBe(
      'MailProg="/x # \\" Epilog=/y\n',
    );
  });

  test("in a file that is included with quotes is changed there", () => {
    const text = 'Include "parts.conf"\n';
    const included = { "parts.conf": "MaxJobCount=1\n" };
    expect(withParameter({ text, included }, "MaxJobCount=2")).toEqual({
      text,
      included: { "parts.conf": "MaxJobCount=2\n" },
    });
    expect(withParameter({ text, included }, "A=2")).toEqual({ text: `${text}A=2\n`, included });
    expect(refusal("A=2", text)).toBe("A may be in parts.conf, which is not there to be read");
  });

  test("in a comment is not it", () => {
    expect(changed("Mode=b", "# Mode=a\nName=x\\#y Mode=a\n")).toBe(
      "# Mode=a\nName=x\\#y Mode=b\n",
    );
  });

  test("of a partition is changed on its line alone, or added to it", () => {
    expect(changed("PartitionName=gpu:MaxTime=2-0")).toBe(site.replace("INFINITE", "2-0"));
    expect(changed("PartitionName=batch:PriorityTier=3")).toBe(
      site.replace("Default=YES", "Default=YES PriorityTier=3"),
    );
  });

  test("is not looked for on the lines of nodes and partitions", () => {
    expect(changed("MaxTime=5")).toBe(`${site}MaxTime=5\n`);
  });

  test("is refused where it is not clear what would change", () => {
    expect(refusal("PartitionName=gpu MaxTime=2-0")).toContain("PartitionName=NAME:KEY=VALUE");
    expect(refusal("NodeName=node[001-500]")).toContain("has a line of its own");
    expect(refusal("PartitionName=gpus:MaxTime=1")).toBe(
      'there is no PartitionName=gpus, did you mean "gpu"?',
    );
    expect(refusal("PartitionName=gpu:MaxTime=1", "A=1\n")).toContain("(there are: none)");
    expect(refusal("SlurmctldHost=a")).toContain("several times");
    expect(refusal("Include=a")).toContain("several times");
    expect(refusal("Epilog=a#b")).toContain("has a quote, # or line break");
    expect(refusal("bf_window")).toContain("is no NAME=VALUE");
  });

  test("is changed in the file that has it, of those that are included", () => {
    const text = "A=1\nInclude /etc/slurm/sched.conf\n";
    const included = {
      "sched.conf": "SchedulerType=x\nPartitionName=gpu MaxTime=5\n",
      "b.conf": "",
    };
    expect(withParameter({ text, included }, "SchedulerType=y")).toEqual({
      text,
      included: { ...included, "sched.conf": "SchedulerType=y\nPartitionName=gpu MaxTime=5\n" },
    });
    expect(withParameter({ text, included }, "PartitionName=gpu:MaxTime=6")).toEqual({
      text,
      included: { ...included, "sched.conf": "SchedulerType=x\nPartitionName=gpu MaxTime=6\n" },
    });
    expect(withParameter({ text, included }, "A=2")).toEqual({
      text: "A=2\nInclude /etc/slurm/sched.conf\n",
      included,
    });
    expect(withParameter({ text, included }, "B=2")).toEqual({ text: `${text}B=2\n`, included });
    const twice = { "sched.conf": "A=3\n" };
    expect(withParameter({ text, included: twice }, "A=2")).toEqual({
      refused: "A is in several of the files: sched.conf and another",
    });
    expect(refusal("SchedulerType=x", text)).toBe(
      "SchedulerType may be in /etc/slurm/sched.conf, which is not there to be read",
    );
    expect(changed("A=2", text)).toBe("A=2\nInclude /etc/slurm/sched.conf\n");
  });
});

const word = fc.stringMatching(/^[A-Za-z][a-z0-9_]{0,8}$/);
const line = fc.oneof(
  fc.tuple(word, fc.stringMatching(/^[a-z0-9/,=]{1,9}$/)).map(([key, value]) => `${key}=${value}`),
  fc.stringMatching(/^# [a-zA-Z= ]{0,9}$/),
  fc.constant(""),
);

test("whatever the file, the parameter has the value afterwards and a second time changes nothing", () => {
  fc.assert(
    fc.property(
      fc.array(line),
      fc.constantFrom("\n", "\r\n", "\\\n\n"),
      word,
      fc.stringMatching(/^[a-z0-9]{1,9}$/),
      (lines, separator, name, value) => {
        const text = lines.join(separator);
        const result = withParameter({ text, included: {} }, `x${name}=${value}`);
        if ("refused" in result) throw new Error(result.refused);
        const pairs = configLines(result.text).flatMap((found) => found.pairs);
        expect(
          pairs.findLast(({ key }) => key.toLowerCase() === `x${name}`.toLowerCase())?.value,
        ).toBe(value);
        const others = configLines(text).flatMap((found) => found.pairs);
        const kept = pairs.filter(({ key }) => key.toLowerCase() !== `x${name}`.toLowerCase());
        expect(kept.map((pair) => [pair.key, pair.value])).toEqual(
          others
            .filter(({ key }) => key.toLowerCase() !== `x${name}`.toLowerCase())
            .map((pair) => [pair.key, pair.value]),
        );
        expect(withParameter(result, `x${name}=${value}`)).toEqual(result);
      },
    ),
    { numRuns: propertyRuns(400) },
  );
});

test("whatever the lines of a list, the site's reader finds the key as it was set and all else as it was", () => {
  const item = fc.constantFrom("a", "b", "a=1", "B=2", "c=x#y", "d=3", "A");
  const list = fc.array(item, { maxLength: 4 }).map((items) => items.join(","));
  const quoted = fc.tuple(list, fc.boolean(), fc.boolean());
  const setting = quoted.map(([value, plus, quotes]) => {
    const bare = value === "" || quotes ? `"${value}"` : value.replaceAll("#", "\\#");
    return `SchedulerParameters${plus ? "+=" : "="}${bare}`;
  });
  const other = fc.constantFrom("# SchedulerParameters=a", "MaxJobCount=5 # a", "", "A=b \\");
  const said = (text: string) =>
    listOf(settingOf(readConf("slurm.conf", text).conf, "SchedulerParameters"));
  const isOf = (key: string) => (one: string) => one.split("=")[0]?.toLowerCase() === key;
  fc.assert(
    fc.property(
      fc.array(fc.oneof(setting, other), { maxLength: 6 }),
      fc.constantFrom("a", "b", "e"),
      fc.constantFrom("", "=7", null),
      (lines, key, value) => {
        const text = lines.join("\n");
        const set = `SchedulerParameters=${value === null ? `-${key}` : key + value}`;
        const after = changed(set, text);
        expect(said(after).filter(isOf(key))).toEqual(value === null ? [] : [key + value]);
        const rest = (of: string) => said(of).filter((one) => !isOf(key)(one));
        expect(rest(after)).toEqual(rest(text));
        expect(changed(set, after)).toBe(after);
      },
    ),
    { numRuns: propertyRuns(400) },
  );
});
