import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Cidr,
  formatAddress,
  lastHost,
  networkBase,
  parseCidr,
} from "../../../../spec/network";
import {
  podNetwork,
  podSubnet,
  podsPerNode,
  serviceNetwork,
} from "../../../../spec/schedulers/kubernetes/pod-network";

const networks = fc
  .record({ address: fc.nat({ max: 2 ** 32 - 1 }), prefix: fc.integer({ min: 16, max: 26 }) })
  .map(({ address, prefix }): Cidr => ({ base: networkBase({ base: address, prefix }), prefix }));

function range(text: string): { first: number; last: number } {
  const cidr = parseCidr(text);
  if (cidr === undefined) throw new Error(`not a network: ${text}`);
  return { first: cidr.base, last: cidr.base + 2 ** (32 - cidr.prefix) - 1 };
}

const apart = (left: string, right: string) =>
  range(left).last < range(right).first || range(right).last < range(left).first;

const text = ({ base, prefix }: Cidr) => `${formatAddress(base)}/${prefix}`;

describe("the addresses of pods", () => {
  it("never overlap the stack's network, nor do the services'", () => {
    fc.assert(
      fc.property(networks, (cidr) => {
        expect(apart(podNetwork(cidr), text(cidr))).toBe(true);
        expect(apart(serviceNetwork(cidr), text(cidr))).toBe(true);
        expect(apart(serviceNetwork(cidr), podNetwork(cidr))).toBe(true);
      }),
    );
  });

  it("are of two nodes never the same, and all within the pods' network", () => {
    const pair = networks.chain((cidr) => {
      const host = fc.integer({ min: 2, max: lastHost(cidr.prefix) });
      return fc.tuple(fc.constant(cidr), host, host);
    });
    fc.assert(
      fc.property(pair, ([cidr, left, right]) => {
        const subnet = (host: number) => podSubnet(cidr, formatAddress(cidr.base + host));
        const outer = range(podNetwork(cidr));
        expect(range(subnet(left)).first).toBeGreaterThanOrEqual(outer.first);
        expect(range(subnet(left)).last).toBeLessThanOrEqual(outer.last);
        if (left !== right) expect(apart(subnet(left), subnet(right))).toBe(true);
      }),
    );
  });

  it("lie on a boundary of their size", () => {
    fc.assert(
      fc.property(networks, (cidr) => {
        const subnet = parseCidr(podSubnet(cidr, formatAddress(cidr.base + 11)));
        expect(subnet && networkBase(subnet)).toBe(subnet?.base);
      }),
    );
  });

  it("are fewer in a larger network", () => {
    expect([16, 20, 24, 26].map(podsPerNode)).toEqual([125, 1021, 1021, 1021]);
    const cidr = parseCidr("10.77.0.0/24");
    expect(cidr && podSubnet(cidr, "10.77.0.11")).toBe("10.128.44.0/22");
  });
});
