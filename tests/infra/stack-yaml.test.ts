import { expect, test } from "vitest";
import { parseStackYaml, stackText } from "../../infra/stack-yaml";

const read = (text: string) => parseStackYaml("Pulumi.x.yaml", text);
const scalar = (text: string) => (read(`value: ${text}`) as { value: unknown }).value;

test.each([
  ["012", 10],
  ["0o12", 10],
  ["-0o12", -10],
  ["0x1F", 31],
  ["0b11", 3],
  ["08", 8],
  ["1_000", 1000],
  ["+5", 5],
  ["-0", 0],
  [".5", 0.5],
  ["1.", 1],
  ["1e3", 1000],
  ["5e-4", 0.0005],
  ["1_0.5", 10.5],
  ["18446744073709551616", 2 ** 64],
])("the plain scalar %s is a number, as in Go", (text, number) => {
  expect(scalar(text)).toBe(number);
});

test.each(["0xG", "1e400", "190:20:30", "yes", "off", "1.2.3", "_1", "1-2", "10.77.0.0/24", "+"])(
  "the plain scalar %s stays text",
  (text) => {
    expect(scalar(text)).toBe(text);
  },
);

test("a number in quotes, or tagged as text, stays text", () => {
  expect(scalar('"7"')).toBe("7");
  expect(scalar("!!str 7")).toBe("7");
});

test("true and null have three spellings each, and ~ is null", () => {
  for (const text of ["true", "True", "TRUE"]) expect(scalar(text)).toBe(true);
  for (const text of ["null", "Null", "NULL", "~", ""]) expect(scalar(text)).toBeNull();
  expect(scalar("tRUE")).toBe("tRUE");
});

test("a merge key fills in what the mapping does not say itself, wherever it stands", () => {
  const text = "a: &a {count: 2, profile: cpu2}\nb: {<<: *a, count: 1}\nc: {count: 1, <<: *a}";
  const merged = { count: 1, profile: "cpu2" };
  expect(read(text)).toMatchObject({ b: merged, c: merged });
});

test("the first document counts, and an empty file is nothing", () => {
  expect(read("a: 1\n---\na: 2\n")).toEqual({ a: 1 });
  expect(read("")).toBeNull();
});

test("what Pulumi refuses is refused with its place", () => {
  expect(() => read("a: 1\na: 2\n")).toThrow(/Pulumi\.x\.yaml is not YAML: .*unique.* at line 2/s);
  expect(() => read("a: .inf\n")).toThrow(/cannot keep \.inf at line 1/);
  expect(() => read("a: [1\n")).toThrow(/is not YAML/);
  expect(() => stackText("Pulumi.x.yaml", Uint8Array.of(0x61, 0xe9))).toThrow(/UTF-8/);
});
