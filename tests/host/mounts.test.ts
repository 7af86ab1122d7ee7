import { expect, test } from "vitest";
import { nestedCgroup2Mounts, parseMountinfo } from "../../host/mounts";

const hybrid = `22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard
30 22 0:26 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
31 30 0:27 / /sys/fs/cgroup/memory rw,relatime shared:9 master:3 - cgroup cgroup rw,memory
39 30 0:35 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
40 22 0:40 / /mnt/a\\040b rw,relatime - overlay node\\134x rw,lowerdir=/l
`;

test("mountinfo is read with optional fields and escapes", () => {
  expect(parseMountinfo(hybrid).at(-1)).toEqual({
    target: "/mnt/a b",
    type: "overlay",
    source: "node\\x",
    options: "rw,lowerdir=/l",
  });
  expect(parseMountinfo(hybrid)[2]?.type).toBe("cgroup");
});

test("the cgroup v2 tree of a hybrid host is found", () => {
  expect(nestedCgroup2Mounts(hybrid)).toEqual(["/sys/fs/cgroup/unified"]);
});

test("the tree of a pure cgroup v2 host is not nested", () => {
  expect(
    nestedCgroup2Mounts("30 22 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw\n"),
  ).toEqual([]);
});
