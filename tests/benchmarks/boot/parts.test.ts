import { expect, test } from "vitest";
import { bootParts, medianParts } from "../../../benchmarks/boot/parts";

const output = `14.00 3.20
[    4.500000] Run /init as init process
UserspaceTimestampMonotonic=6000000
ActiveEnterTimestampMonotonic=12500000
`;

test("the parts of a boot add up to its total", () => {
  const parts = bootParts(16.5, output);
  expect(parts).toEqual({
    firmware: 2.5,
    kernel: 4.5,
    initrd: 1.5,
    userspace: 6.5,
    login: 1.5,
    total: 16.5,
  });
});

test("a time that is missing is named", () => {
  expect(() => bootParts(16.5, output.replace("Run /init", ""))).toThrow(/Run/);
});

test("the median of two boots lies between them, that of three is the middle one", () => {
  const boot = (total: number) => ({ ...bootParts(16.5, output), total });
  expect(medianParts([boot(10), boot(20)]).total).toBe(15);
  expect(medianParts([boot(30), boot(10), boot(20)]).total).toBe(20);
});
