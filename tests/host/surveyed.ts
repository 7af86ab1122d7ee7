import type { Leftover } from "../../host/leftovers";
import type { HostSurvey, SurveyedCgroup, SurveyedProcess } from "../../host/survey";

export interface SurveyedStack {
  readonly stack: string;
  /** Host names of its nodes. */
  readonly nodes: readonly string[];
  readonly kind: "container" | "machine";
}

export const nothing: HostSurvey = {
  domains: [],
  networks: [],
  pools: [],
  processes: [],
  mounts: [],
  cgroups: [],
  directories: [],
  silent: [],
};

/** As libvirt names the groups of a container: the whole name, or its first 20 characters. */
export type Shortening = "whole" | "20 characters";

/** All that a stack which is up has on the host; `firstPid` tells the processes of stacks apart. */
export function stackOnHost(
  { stack, nodes, kind }: SurveyedStack,
  firstPid: number,
  shortening: Shortening = "whole",
): HostSurvey {
  const cluster = `schedlab-${stack}`;
  const home = `/var/lib/schedlab/${cluster}`;
  const parts = nodes.map((node, index) => {
    const name = `${cluster}-${node}`;
    const controller = firstPid + 2 * index + 1;
    return { name, controller, init: controller + 1 };
  });
  const isContainer = kind === "container";
  const overlay = (name: string, target: string) => ({
    target,
    type: "overlay",
    source: name,
    options: `rw,lowerdir=/image,upperdir=${home}/${name}/upper,workdir=${home}/${name}/work`,
  });
  const dnsmasq: SurveyedProcess = { pid: firstPid, employer: { kind: "network", name: cluster } };
  return {
    domains: parts.map(({ name }) => ({
      kind,
      name,
      xml: isContainer
        ? `<domain><source dir='${home}/${name}/merged'/></domain>`
        : `<domain><source pool='${cluster}' volume='x'/></domain>`,
    })),
    networks: [cluster],
    pools: [cluster],
    processes: [
      dnsmasq,
      ...parts.flatMap(({ name, controller, init }): SurveyedProcess[] =>
        isContainer
          ? [
              { pid: controller, employer: { kind, name } },
              { pid: init, employer: { kind, name }, root: overlay(name, "/") },
            ]
          : [{ pid: controller, employer: { kind, name } }],
      ),
    ],
    mounts: isContainer ? parts.map(({ name }) => overlay(name, `${home}/${name}/merged`)) : [],
    cgroups: parts.flatMap(({ name, controller, init }): SurveyedCgroup[] => {
      const domain = shortening === "whole" ? name : name.slice(0, 20);
      const whole = shortening === "whole" || name.length < 19;
      return isContainer
        ? [
            { path: `/cg/node-${name}`, name: { domain: name, whole: true }, members: [init] },
            {
              path: `/cg/machine/lxc-${controller}-${domain}.libvirt-lxc`,
              name: { domain, whole, controller },
              members: [init],
            },
          ]
        : [
            {
              path: `/cg/machine/qemu-${controller}-${domain}.libvirt-qemu`,
              name: { domain, whole },
              members: [controller],
            },
          ];
    }),
    directories: [
      {
        name: cluster,
        nodes: isContainer ? parts.map(({ name, controller }) => ({ name, controller })) : [],
      },
    ],
    silent: [],
  };
}

export function together(...surveys: readonly HostSurvey[]): HostSurvey {
  const all = <K extends keyof HostSurvey>(key: K) => surveys.flatMap((survey) => [...survey[key]]);
  return {
    domains: all("domains") as HostSurvey["domains"],
    networks: all("networks") as HostSurvey["networks"],
    pools: all("pools") as HostSurvey["pools"],
    processes: all("processes") as HostSurvey["processes"],
    mounts: all("mounts") as HostSurvey["mounts"],
    cgroups: all("cgroups") as HostSurvey["cgroups"],
    directories: all("directories") as HostSurvey["directories"],
    silent: all("silent") as HostSurvey["silent"],
  };
}

export const sorted = (leftovers: readonly Leftover[]) =>
  leftovers.map(({ kind, what }) => `${kind} ${what}`).sort();
