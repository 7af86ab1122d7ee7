import type { Handle } from "../../infra/handle";
import { schedulerNodes } from "../../spec/emulated";
import type { NodeRecord } from "../../store/record";
import type { NodeFacts } from "./node-setup";

/** nodes.json: the domains, and behind them the nodes that they emulate, if any. */
export function nodeRecords(handle: Handle, facts: ReadonlyMap<string, NodeFacts>): NodeRecord[] {
  const { nodes, partitions } = handle.cluster;
  const emulated = schedulerNodes(handle.spec.topology, nodes).filter((node) => node.emulated);
  const hosts = new Set(emulated.map(({ host }) => host));
  const partitionsOf = (domain: string) =>
    partitions.flatMap((part) => (part.nodes.includes(domain) ? [part.name] : []));
  const domains = nodes.map(
    ({ name, role, pool, address, vcpus, memoryMiB, gpus, link }): NodeRecord => ({
      name,
      role: hosts.has(name) ? "host" : role,
      pool,
      emulatedOn: null,
      partitions: partitionsOf(name),
      address,
      vcpus,
      memoryMiB,
      gpus,
      kernel: facts.get(name)?.kernel ?? null,
      cpuModel: facts.get(name)?.cpuModel ?? null,
      clockOffsetMs: facts.get(name)?.clock.offsetMs ?? null,
      clockOffsetAfterMs: null,
      link,
    }),
  );
  const byName = new Map(domains.map((domain) => [domain.name, domain]));
  return [
    ...domains,
    ...emulated.flatMap(({ name, host, vcpus, memoryMiB, gpus, partitions: own }): NodeRecord[] => {
      const domain = byName.get(host);
      if (domain === undefined) return [];
      const { partitions: all } = domain;
      const mine = own === undefined ? all : all.filter((name) => own.includes(name));
      const shape = { vcpus, memoryMiB, gpus, partitions: mine };
      return [{ ...domain, name, role: "compute", emulatedOn: host, ...shape }];
    }),
  ];
}
