import { expect, test } from "vitest";
import { doctorLines, nodeVersion } from "../../host/doctor";

test.each([
  ["20.19.0", "ok"],
  ["22.1.0", "ok"],
  ["20.18.3", "missing"],
  ["18.20.0", "missing"],
])("Node.js %s is %s", (version, status) => {
  expect(nodeVersion(version).status).toBe(status);
});

test("a check is one line, with its remedy when there is one", () => {
  expect(
    doctorLines([
      { name: "disk", status: "ok", detail: "80 GiB", remedy: null },
      { name: "QEMU", status: "missing", detail: "no qemu", remedy: "install it" },
    ]),
  ).toEqual(["✓ disk  80 GiB", "✗ QEMU  no qemu → install it"]);
});
