import { expect, test } from "vitest";
import { parse } from "yaml";
import { overrideCommands, withOverrides } from "../../cli/demo/overrides";

const file = `# my stack
config:
  schedlab:topology:
    domain: auto
    nodes: { count: 2, profile: cpu1 }
`;

test("overrides set only what was named and keep the rest, comments too", () => {
  const text = withOverrides(file, { domain: "qemu", jobs: 100 });
  expect(text).toContain("# my stack");
  expect(parse(text)).toEqual({
    config: {
      "schedlab:topology": { domain: "qemu", nodes: { count: 2, profile: "cpu1" } },
      "schedlab:workload": { jobs: 100 },
    },
  });
});

test("no override leaves the values as they were", () => {
  expect(parse(withOverrides(file, {}))).toEqual(parse(file));
});

test("each override names the command that makes it last", () => {
  expect(overrideCommands({ nodes: 3 }, "dev")).toEqual([
    "pulumi config set --path 'schedlab:topology.nodes.count' '3' -s dev",
  ]);
});
