import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { slurmSiteFacts } from "../../../../../spec/schedulers/slurm/site/take";

const options = { set: {}, users: {}, including: () => undefined };
const cluster = "NodeName=n[1-4] CPUs=8 RealMemory=1000\nPartitionName=p Nodes=ALL Default=YES\n";

describe("what is taken of a site's files", () => {
  it("is the same when it is taken again", () => {
    const files = {
      "slurm.conf": `# a comment\n${cluster}Licenses="a:1,b:2"\nMailProg="/bin/mail # x"`,
      "gres.conf": "AutoDetect=nvml\nName=gpu File=/dev/nvidia0",
      "topology.conf": "SwitchName=s Nodes=n[1-4]",
      "sacctmgr.dump": "Cluster - 'c'\nAccount - 'a':Fairshare=1\nParent - 'a'\nUser - 'x'",
      "qos.txt": "Name|Priority\nnormal|1",
      "cgroup.conf": "ConstrainCores=yes",
    };
    const once = slurmSiteFacts.take(files, options);
    expect(once.problems).toEqual([]);
    expect(Object.keys(once.files)).toEqual(expect.arrayContaining(Object.keys(files)));
    expect(slurmSiteFacts.take(once.files, options)).toMatchObject({
      files: once.files,
      problems: [],
    });
  });

  it("has no password in it", () => {
    const secret = ["AccountingStoragePass=one", "JobCompPass=two", "accountingstoragepass=three"];
    const { files } = slurmSiteFacts.take({ "slurm.conf": cluster + secret.join("\n") }, options);
    expect(JSON.stringify(files)).not.toMatch(/one|two|three/i);
  });

  it("has no value of a setting that counts for nothing here, of the file or over it", () => {
    const credentials = [
      "JobCompLoc=http://u:SECRET@h",
      'JobCompParams="password=SECRET"',
      "AccountingStorageParameters=SSL_KEY=SECRET",
      "AuthInfo=SECRET",
    ];
    const taken = slurmSiteFacts.take(
      { "slurm.conf": cluster + credentials.join("\n") },
      { ...options, set: { AccountingStoragePass: "SECRET", KillWait: "9", MailProg: "" } },
    );
    expect(taken.problems).toEqual([]);
    expect(JSON.stringify([taken.files, taken.set])).not.toContain("SECRET");
    expect(taken.files["slurm.conf"]).toContain('AuthInfo="(left out)"');
    expect(taken.set).toEqual({
      AccountingStoragePass: "(left out)",
      KillWait: "9",
      MailProg: "",
    });
  });

  it("is refused with the place of nodes that are not in the notation", () => {
    const text = `${cluster}NodeSet=s Nodes=n[1-2\nPartitionName=q Nodes=n[1-2\n`;
    const { problems } = slurmSiteFacts.take({ "slurm.conf": text }, options);
    expect(problems.map(({ file, line, key }) => [file, line, key])).toEqual([
      ["slurm.conf", 3, "Nodes"],
      ["slurm.conf", 4, "Nodes"],
    ]);
  });

  it("has accounts and QOS whatever their case, as the database has them", () => {
    const files = {
      "slurm.conf": `${cluster}PartitionName=q Nodes=ALL AllowAccounts=Physics AllowQos=HIGH\n`,
      "sacctmgr.dump": "Cluster - 'c'\nAccount - 'physics':QOS='High,normal'\nParent - 'Physics'\n",
      "qos.txt": "Name|Priority\nhigh|1\n",
    };
    expect(slurmSiteFacts.take(files, options).problems).toEqual([]);
  });

  it("says who stands for whom, the first of ours where there are several", () => {
    const dump = "Cluster - 'c'\nAccount - 'a'\nParent - 'a'\nUser - 'x'\nUser - 'y'";
    const { users } = slurmSiteFacts.take(
      { "slurm.conf": cluster, "sacctmgr.dump": dump },
      options,
    );
    expect(users?.(5)).toEqual({ x: "user01", y: "user02" });
    expect(users?.(1)).toEqual({ x: "user01", y: "user01" });
    const named = slurmSiteFacts.take(
      { "slurm.conf": cluster, "sacctmgr.dump": dump },
      { ...options, users: { y: "user01", gone: "user02" } },
    );
    expect(named.users?.(2)).toEqual({ x: "user01", y: "user01", gone: "user02" });
  });

  it("is compared without nodes by the settings, and by the limits of what both sides have", () => {
    const apart = (text: string, other: string) =>
      slurmSiteFacts.withoutNodes?.({ "slurm.conf": text }, { "slurm.conf": other });
    const one = `KillWait=9\nPartitionName=p,q Nodes=n[1-2] MaxTime=5\nNodeName=n[1-2] Weight=3`;
    const other = `NodeName=n2 Weight=3 CPUs=7\nPartitionName=q Default=YES maxtime=5\nkillwait=9`;
    const left = "killwait=9\nnodename=n2 weight=3\npartitionname=q maxtime=5\n";
    expect(apart(one, other)).toEqual({ "slurm.conf": left });
    expect(apart(other, one)).toEqual({ "slurm.conf": left });
  });

  const word = fc.constantFrom(
    ...["n[1-4]", "n[1-", "ALL", "p", "gpu:a100:4", "gpu:99", "x:y:z:w", "0", "-1", "8", "1e9", ""],
    ...["preempt/qos", "select/cons_res", "lua", "FUTURE", "YES", "a,b,,c", "'", "root", "é"],
  );
  const key = fc.constantFrom(
    ...[
      "NodeName",
      "PartitionName",
      "NodeSet",
      "DownNodes",
      "FrontendName",
      "CPUs",
      "Sockets",
      "Gres",
    ],
    ...[
      "RealMemory",
      "MemSpecLimit",
      "State",
      "Feature",
      "Nodes",
      "Default",
      "QOS",
      "AllowAccounts",
    ],
    ...[
      "SelectType",
      "PreemptType",
      "PreemptMode",
      "Licenses",
      "JobSubmitPlugins",
      "SchedulerParameters",
    ],
    ...["SwitchName", "Switches", "Name", "Count", "BurstBufferType", "PriorityWeightQOS"],
  );
  const line = fc
    .array(fc.tuple(key, word), { minLength: 1, maxLength: 4 })
    .map((pairs) => pairs.map((pair) => pair.join("=")).join(" "));
  const text = fc.array(line, { minLength: 20, maxLength: 20 }).map((lines) => lines.join("\n"));

  it("is what can be read, or problems with their places, whatever is in the files: 10,000 lines", () => {
    fc.assert(
      fc.property(text, text, (conf, other) => {
        const files = { "slurm.conf": conf, "topology.conf": other, "gres.conf": other };
        const { problems } = slurmSiteFacts.take(
          { ...files, "sacctmgr.dump": other, "qos.txt": conf },
          options,
        );
        for (const { file, message } of problems) {
          expect(file).not.toBe("");
          expect(message.length).toBeGreaterThan(5);
        }
      }),
      { numRuns: 250 },
    );
  });
});
