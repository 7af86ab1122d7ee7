import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { containersOf, leftoverLines, leftoversOf } from "../../host/leftovers";
import type { HostSurvey } from "../../host/survey";
import {
  nothing,
  type Shortening,
  type SurveyedStack,
  sorted,
  stackOnHost,
  together,
} from "./surveyed";

const node = fc.oneof(
  fc.constant("controller"),
  fc.stringMatching(/^[a-z]([a-z0-9]{0,3}[a-z])?[0-9]{2,3}$/),
);
const stackName = fc.oneof(
  fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/),
  // Names that begin like another stack's, with what could be its node.
  fc
    .tuple(fc.constantFrom("dev", "large", "perlmutter-like"), fc.array(node, { maxLength: 2 }))
    .map(([start, nodes]) => [start, ...nodes].join("-")),
);
const stacks = fc.uniqueArray(
  fc.record({
    stack: stackName,
    nodes: fc.uniqueArray(node, { minLength: 1, maxLength: 4 }),
    kind: fc.constantFrom("container", "machine"),
  }),
  { selector: ({ stack }) => stack, minLength: 2, maxLength: 5 },
);
const shortening = fc.constantFrom<Shortening>("whole", "20 characters");

const pidOf = (index: number) => 1000 * (index + 1);
const onHost = (all: readonly SurveyedStack[], cut: Shortening) =>
  all.map((stack, index) => stackOnHost(stack, pidOf(index), cut));

/** What a stack's containers leave when they and libvirt's memory of them are gone. */
function dead(survey: HostSurvey): HostSurvey {
  const cgroups = survey.cgroups.map((cgroup) => ({ ...cgroup, members: [] }));
  return { ...survey, domains: [], processes: [], mounts: [], cgroups };
}

describe("what destroy takes of stacks whose names begin alike", () => {
  const all: SurveyedStack[] = [
    { stack: "dev", nodes: ["controller", "b01"], kind: "container" },
    { stack: "dev-b01", nodes: ["controller", "node01"], kind: "container" },
    { stack: "dev-controller", nodes: ["controller", "node01"], kind: "machine" },
  ];
  const surveys = onHost(all, "20 characters");

  test.each([0, 1, 2])("the stack %i: all of its own, and nothing else", (index) => {
    const { own, doubtful } = leftoversOf(together(...surveys), all[index]?.stack);
    const alone = leftoversOf(surveys[index] ?? nothing, all[index]?.stack);
    expect(sorted(own)).toEqual(sorted(alone.own));
    expect(doubtful).toEqual([]);
  });

  test("network, pool and directory called like a node stay", () => {
    const { own } = leftoversOf(together(...surveys), "dev");
    expect(
      leftoverLines(own.filter(({ kind }) => kind !== "cgroup" && kind !== "process")),
    ).toEqual([
      "container schedlab-dev-controller",
      "container schedlab-dev-b01",
      "network schedlab-dev",
      "pool schedlab-dev",
      "mount /var/lib/schedlab/schedlab-dev/schedlab-dev-controller/merged (schedlab-dev-controller)",
      "mount /var/lib/schedlab/schedlab-dev/schedlab-dev-b01/merged (schedlab-dev-b01)",
      "directory /var/lib/schedlab/schedlab-dev (schedlab-dev)",
    ]);
  });

  test("in any host, whoever is alive", () => {
    fc.assert(
      fc.property(stacks, shortening, fc.boolean(), (some, cut, areDead) => {
        const [mine, ...others] = onHost(some, cut).map((survey) =>
          areDead ? dead(survey) : survey,
        );
        const stack = some[0]?.stack;
        if (mine === undefined) return;
        const host = together(mine, ...others);
        const { own } = leftoversOf(host, stack);
        const foreign = others.flatMap((survey, index) =>
          sorted(leftoversOf(survey, some[index + 1]?.stack).own),
        );
        expect(sorted(own).filter((line) => foreign.includes(line))).toEqual([]);
        expect(sorted(own)).toEqual(sorted(leftoversOf(mine, stack).own));
        for (const domain of containersOf(host, own)) {
          expect(mine.directories[0]?.nodes.map(({ name }) => name)).toContain(domain);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("and everything of a stack alone on a host is found", () => {
    fc.assert(
      fc.property(stacks, shortening, ([stack], cut) => {
        if (stack === undefined) return;
        const survey = stackOnHost(stack, 1000, cut);
        const { own, doubtful } = leftoversOf(survey, stack.stack);
        const things = Object.values(survey).flat().length;
        expect([own.length, doubtful]).toEqual([things, []]);
      }),
    );
  });
});

describe("a domain that is only named like a node", () => {
  const foreign: HostSurvey = {
    ...nothing,
    domains: [
      { kind: "machine", name: "schedlab-dev-b01", xml: "<source file='/home/me/disk.qcow2'/>" },
    ],
    processes: [{ pid: 7, employer: { kind: "machine", name: "schedlab-dev-b01" } }],
  };

  test("is left alone, and said to be", () => {
    expect(leftoversOf(foreign, "dev")).toEqual({
      own: [],
      doubtful: [
        { what: "machine schedlab-dev-b01", why: expect.stringMatching(/not in the stack/) },
      ],
    });
  });

  test("is left alone also beside the stack's own directory", () => {
    const host = together(
      foreign,
      stackOnHost({ stack: "dev", nodes: ["controller"], kind: "container" }, 100),
    );
    const owners = leftoversOf(host, "dev").own.map(({ owner }) => owner);
    expect(owners).not.toContain("schedlab-dev-b01");
  });

  test("a process without a definition, directory, mount or root of schedlab proves nothing", () => {
    const employer = { kind: "container", name: "schedlab-dev-b01" } as const;
    const root = { target: "/", type: "overlay", source: "mine", options: "upperdir=/home/me/up" };
    const survey = { ...nothing, processes: [{ pid: 7, employer, root }] };
    expect(leftoversOf(survey, "dev").own).toEqual([]);
    const upperdir = "upperdir=/var/lib/schedlab/schedlab-dev/schedlab-dev-b01/upper";
    const own = { ...root, source: employer.name, options: `rw,${upperdir}` };
    const proven = { ...nothing, processes: [{ pid: 7, employer, root: own }] };
    expect(leftoverLines(leftoversOf(proven, "dev").own)).toEqual(["process 7 (schedlab-dev-b01)"]);
  });
});

describe("a cgroup with a shortened name", () => {
  const cgroup = (members: readonly number[]) => ({
    path: "/cg/machine/lxc-812-schedlab-large-node0.libvirt-lxc",
    name: { domain: "schedlab-large-node0", whole: false, controller: 812 },
    members,
  });
  const directory = (controller: number) => ({
    name: "schedlab-large",
    nodes: [{ name: "schedlab-large-node02", controller }],
  });

  test("is the stack's by the process id that was recorded for its container", () => {
    const survey = { ...nothing, cgroups: [cgroup([])], directories: [directory(812)] };
    const { own, doubtful } = leftoversOf(survey, "large");
    expect(leftoverLines(own)).toContain(`cgroup ${cgroup([]).path} (schedlab-large-node02)`);
    expect(doubtful).toEqual([]);
  });

  test.each([
    ["nothing else is known", { cgroups: [cgroup([])] }],
    ["another process id was recorded", { cgroups: [cgroup([])], directories: [directory(813)] }],
    ["unknown processes are in it", { cgroups: [cgroup([5])], directories: [directory(812)] }],
  ])("is left alone, and said to be, where %s", (_, found) => {
    const { own, doubtful } = leftoversOf({ ...nothing, ...found }, "large");
    expect(own.filter(({ kind }) => kind === "cgroup")).toEqual([]);
    expect(doubtful).toEqual([
      { what: `cgroup ${cgroup([]).path}`, why: expect.stringContaining("shortened") },
    ]);
    expect(leftoversOf({ ...nothing, ...found }, "dev").doubtful).toEqual([]);
  });
});

test("a mount in a stack's directory is the stack's, and one beside it is not", () => {
  const mount = (target: string) => ({ target, type: "ext4", source: "/dev/x", options: "rw" });
  const mounts = [
    mount("/var/lib/schedlab/schedlab-dev/data"),
    mount("/var/lib/schedlab/schedlab-dev-b01/data"),
    mount("/var/lib/schedlab"),
  ];
  expect(leftoverLines(leftoversOf({ ...nothing, mounts }, "dev").own)).toEqual([
    "mount /var/lib/schedlab/schedlab-dev/data (schedlab-dev)",
  ]);
});

test("a hypervisor that is silent is named, since what it has is not known", () => {
  expect(leftoversOf({ ...nothing, silent: ["lxc:///system"] }, "dev")).toEqual({
    own: [],
    doubtful: [{ what: "lxc:///system", why: expect.stringMatching(/does not answer/) }],
  });
});
