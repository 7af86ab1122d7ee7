import { expect, test } from "vitest";
import { installCommand, parseInstalled } from "../../host/packages";

test("a package that was removed but left its configuration is not installed", () => {
  const text = "qemu-utils installed\nmmdebstrap config-files\nxsltproc not-installed\n";
  expect([...parseInstalled(text)]).toEqual(["qemu-utils"]);
});

test("the command to run names every package", () => {
  expect(installCommand(["a", "b"])).toBe(
    "sudo apt-get update && sudo apt-get install --yes --no-install-recommends a b",
  );
});
