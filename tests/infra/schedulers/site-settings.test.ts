import { expect, it } from "vitest";
import { siteSettings } from "../../../infra/schedulers/slurm/site/settings";
import { readSite } from "../../../spec/schedulers/slurm/site/site";

const ours = [
  ["ClusterName", "schedlab"],
  ["SlurmctldParameters", "enable_configless"],
  ["DependencyParameters", "kill_invalid_depend"],
  ["KillWait", 2],
  ["MinJobAge", 600],
] as const;

function translated(conf: string) {
  const { settings, changes } = siteSettings(readSite({ "slurm.conf": conf }), ours);
  return {
    settings: Object.fromEntries(settings),
    changed: changes.map(({ theirs, ours: mine }) => `${theirs.join()} > ${mine.join()}`),
  };
}

it("keeps what the site decides, whatever ours is, and leaves what it does not say to Slurm", () => {
  expect(translated("KillWait=30\nMaxJobCount=5").settings).toEqual({
    ClusterName: "schedlab",
    SlurmctldParameters: "enable_configless",
    DependencyParameters: "kill_invalid_depend",
    MinJobAge: 600,
    KillWait: "30",
    MaxJobCount: "5",
  });
  expect(translated("").settings).not.toHaveProperty("KillWait");
});

it("puts ours in the place of what belongs to the site's machines, and says so", () => {
  const { settings, changed } = translated("clustername=auriga\nMinJobAge=600\nProlog=/etc/p");
  expect(settings).toMatchObject({ ClusterName: "schedlab", MinJobAge: 600 });
  expect(settings).not.toHaveProperty("Prolog");
  expect(changed).toEqual([
    "clustername=(left out) > ClusterName=schedlab",
    "Prolog=(left out) > ",
    " > SlurmctldParameters=enable_configless",
    " > DependencyParameters=kill_invalid_depend",
  ]);
});

it.each([
  ["SlurmctldParameters=cloud_dns,user_resv_delete", "enable_configless,user_resv_delete"],
  ["DependencyParameters=max_depend_depth=5", "max_depend_depth=5,kill_invalid_depend"],
  ["AccountingStorageEnforce=all", "associations,limits,qos,safe"],
  ["AccountingStorageEnforce=limits,wckeys,nosteps", "limits"],
  ["AccountingStorageTRES=gres/gpu,bb/cray,ic/ofed", "gres/gpu"],
  ["TopologyParam=RouteTree,TopoOptional", "TopoOptional"],
])(
  "leaves out the words that mean nothing here, and adds those that are needed: %s",
  (line, value) => {
    const [key = ""] = line.split("=");
    const { settings, changed } = translated(line);
    expect(settings[key]).toBe(value);
    expect(changed).toContain(`${line} > ${key}=${value}`);
  },
);

it("says nothing of a setting that stays as it is", () => {
  const lines = ["AccountingStorageEnforce=limits", "TopologyParam=TopoOptional"];
  const { changed } = translated([...lines, "DependencyParameters=kill_invalid_depend"].join("\n"));
  expect(changed.filter((change) => !change.startsWith(" >"))).toEqual([]);
});
