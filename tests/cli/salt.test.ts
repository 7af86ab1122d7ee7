import { expect, test } from "vitest";
import { parse } from "yaml";
import { withSalt } from "../../cli/pulumi/salt";

test("a restored salt changes nothing else in the stack's file", () => {
  const text = "# mine\nconfig:\n  schedlab:run:\n    repeat: 2\n";
  const restored = withSalt(text, "v1:abc=:v1:def");
  expect(restored).toContain("# mine");
  expect(parse(restored)).toEqual({ ...parse(text), encryptionsalt: "v1:abc=:v1:def" });
});
