import { expect, test } from "vitest";
import { checkHypervisor } from "../../host/libvirtd";

test("a hypervisor that cannot be reached is named, with the reason and the command to try", async () => {
  const uri = "qemu+unix:///system?socket=/nonexistent/socket";
  await expect(checkHypervisor(uri)).rejects.toMatchObject({
    name: "Failure",
    message: expect.stringMatching(/^Hypervisor qemu\+unix.* cannot be reached: .*No such file/),
    remedy: expect.stringContaining(`virsh -c ${uri} version`),
  });
});
