import type { HardwareProfile, NetworkProfile, NodeShape, Topology } from "./topology";
import { mebibytes, megabitsPerSecond, microseconds } from "./units";

/** NERSC's Perlmutter nodes: 64 cores and 512 GB, or 64 cores, 256 GB and four accelerators. */
const perlmutter: Readonly<Record<string, HardwareProfile>> = {
  "perlmutter-cpu": { vcpus: 64, memory: "512GiB", disk: "64GiB", gpus: 0 },
  "perlmutter-gpu": { vcpus: 64, memory: "256GiB", disk: "64GiB", gpus: 4 },
};

const coreCounts = [1, 2, 3, 4, 5, 6, 7, 8] as const;

/** `cpu2` has 1 GiB a core; `cpu2-512m` and `cpu2-4g` say their memory. */
const sizedName = /^cpu([1-8])-([1-9]\d*)([mg])$/;

/** Latencies are one way, between two nodes of one switch, as given by the makers or by public benchmarks. */
const networks: Readonly<Record<string, NetworkProfile>> = {
  unlimited: { bandwidth: "unlimited", latency: "0us" },
  gigabit: { bandwidth: "1Gbit/s", latency: "50us" },
  "ten-gigabit": { bandwidth: "10Gbit/s", latency: "20us" },
  "infiniband-hdr": { bandwidth: "200Gbit/s", latency: "1us" },
  "slingshot-11": { bandwidth: "200Gbit/s", latency: "2us" },
};

export function hardwareProfileNames(topology: Topology): string[] {
  return [
    ...coreCounts.map((cores) => `cpu${cores}`),
    ...Object.keys(perlmutter),
    ...Object.keys(topology.profiles),
  ];
}

export function networkProfileNames(topology: Topology): string[] {
  return [...Object.keys(networks), ...Object.keys(topology.network.profiles)];
}

/** A profile by name, the user's own before the built-in; undefined for an unknown name. */
export function hardwareProfile(topology: Topology, name: string): HardwareProfile | undefined {
  const known = entry(topology.profiles, name) ?? entry(perlmutter, name);
  if (known !== undefined) return known;
  const cores = coreCounts.find((count) => name === `cpu${count}`);
  if (cores !== undefined) return { vcpus: cores, memory: `${cores}GiB`, disk: "8GiB", gpus: 0 };
  const sized = sizedName.exec(name);
  if (sized === null) return undefined;
  const unit = sized[3] === "g" ? "GiB" : "MiB";
  return { vcpus: Number(sized[1]), memory: `${sized[2]}${unit}`, disk: "8GiB", gpus: 0 };
}

/** A network profile by name, the user's own before the built-in; undefined for an unknown name. */
export function networkProfile(topology: Topology, name: string): NetworkProfile | undefined {
  return entry(topology.network.profiles, name) ?? entry(networks, name);
}

function entry<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

export interface NodeSize {
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly diskGiB: number;
  readonly gpus: number;
}

/**
 * Profile and overrides together. Throws RangeError for an unknown profile, which a parsed spec cannot
 * have.
 */
export function nodeSize(topology: Topology, shape: NodeShape): NodeSize {
  const profile = hardwareProfile(topology, shape.profile);
  if (profile === undefined) throw new RangeError(`unknown profile ${shape.profile}`);
  return {
    vcpus: shape.vcpus ?? profile.vcpus,
    memoryMiB: mebibytes(shape.memory ?? profile.memory),
    diskGiB: Math.ceil(mebibytes(shape.disk ?? profile.disk) / 1024),
    gpus: shape.gpus ?? profile.gpus,
  };
}

export interface ScaledLink {
  /** Rate of the node's link in each direction; null means no limit. */
  readonly bandwidthMbps: number | null;
  /** Added one way; null means none. */
  readonly latencyUs: number | null;
}

/** The node's link: bandwidth is multiplied by `network.scale` and latency divided by it, so that their ratio to the original is one factor. */
export function nodeLink(topology: Topology, shape: NodeShape): ScaledLink {
  const name = shape.network ?? topology.network.fabric;
  const profile = networkProfile(topology, name);
  if (profile === undefined) throw new RangeError(`unknown network profile ${name}`);
  const bandwidth = megabitsPerSecond(profile.bandwidth);
  const latency = microseconds(profile.latency);
  const { scale } = topology.network;
  return {
    bandwidthMbps: bandwidth === null ? null : round(bandwidth * scale),
    latencyUs: latency === 0 ? null : round(latency / scale),
  };
}

/** To three decimals: a nanosecond, or a kilobit a second. */
function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
