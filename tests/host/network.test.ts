import { expect, test } from "vitest";
import { parseNetworkXml, parseRoutes } from "../../host/network";

test("a libvirt network's ranges are read from netmask and prefix", () => {
  const xml = `<network connections='2'><name>lab</name>
  <bridge name='virbr7' stp='on' delay='0'/>
  <ip address='10.1.0.1' netmask='255.255.252.0'><dhcp/></ip>
  <ip family='ipv4' address='10.2.0.1' prefix='16'/>
  <ip family='ipv6' address='fd00::1' prefix='64'/>
</network>`;
  expect(parseNetworkXml(xml)).toEqual({
    name: "lab",
    bridge: "virbr7",
    ranges: ["10.1.0.1/22", "10.2.0.1/16"],
  });
});

test("routes without a range or for multicast do not count", () => {
  const routes = JSON.stringify([
    { dst: "default", gateway: "192.0.2.1", dev: "eth0" },
    { dst: "192.0.2.0/24", dev: "eth0" },
    { type: "multicast", dst: "224.0.0.0/4", dev: "eth0" },
    { type: "local", dst: "10.78.0.1", dev: "sl-x" },
  ]);
  expect(parseRoutes(routes)).toEqual([
    { range: "192.0.2.0/24", device: "eth0" },
    { range: "10.78.0.1", device: "sl-x" },
  ]);
});

test("a host without routes takes no range", () => {
  expect(parseRoutes("")).toEqual([]);
});
