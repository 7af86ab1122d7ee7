import { z } from "zod";
import { elasticSchema } from "./elastic";
import { emulatedSchema } from "./emulated";
import { choice, integer, named, number, strict, text } from "./fields";
import { traitName, traitNames } from "./node-traits";
import {
  bandwidthForm,
  bandwidthPattern,
  latencyForm,
  latencyPattern,
  memoryForm,
  memoryPattern,
} from "./units";

const domainKinds = ["auto", "kvm", "lxc", "qemu"] as const;
const networkModes = ["isolated", "nat"] as const;

const size = () => text(memoryPattern, memoryForm);
/** 256 cores is what one libvirt domain may have on common hosts. */
const vcpus = () => integer(1, 256);
/** As the densest servers hold. */
export const mostAccelerators = 16;
const gpus = () => integer(0, mostAccelerators);

const hardwareProfile = strict({
  vcpus: vcpus(),
  memory: size(),
  disk: size().default("8GiB"),
  gpus: gpus().default(0),
});

const networkProfile = strict({
  bandwidth: text(bandwidthPattern, bandwidthForm),
  latency: text(latencyPattern, latencyForm).default("0us"),
});

/** Profile names are looked up in `checks.ts`, which knows the user's own as well. */
const profileName = () => z.string({ error: "expected the name of a profile" });

const nodeShape = {
  vcpus: vcpus().optional(),
  memory: size().optional(),
  disk: size().optional(),
  gpus: gpus().optional(),
  network: profileName().optional(),
};

const count = () => integer(1, 64);

/** Absent where a pool has none of these, so that a tuple without them stays the one that it was. */
const poolShape = {
  ...nodeShape,
  /** Names by which jobs may ask for these nodes. */
  features: traitNames().optional(),
  gpuType: traitName().optional(),
  elastic: elasticSchema.optional(),
  emulated: emulatedSchema.optional(),
};

/** Letters at both ends, so that nodes of two pools cannot have the same name. */
const poolName = /^[a-z]([a-z0-9]{0,10}[a-z])?$/;
const ownProfileName = /^[a-z][a-z0-9-]{0,30}$/;

export const topologySchema = strict({
  domain: choice(domainKinds).default("auto"),
  hypervisor: strict({
    uri: text(/^qemu(\+[a-z0-9]+)?:\/\/\S*$/, 'a libvirt URI such as "qemu:///system"').optional(),
  }).prefault({}),
  profiles: named(
    ownProfileName,
    "a profile name of lower-case letters, digits and -",
    hardwareProfile,
  ).prefault({}),
  controller: strict({ profile: profileName().default("cpu1"), ...nodeShape }).prefault({}),
  nodes: strict({
    profile: profileName().default("cpu2"),
    ...poolShape,
    count: count().default(2),
  }).prefault({}),
  pools: named(
    poolName,
    "a pool name of at most 12 lower-case letters and digits, with a letter at either end",
    strict({
      profile: profileName().default("cpu2"),
      ...poolShape,
      count: count().default(1),
      block: integer(0, 8191).optional(),
    }),
  ).prefault({}),
  network: strict({
    cidr: text(
      /^\d{1,3}(\.\d{1,3}){3}\/(1[6-9]|2[0-6])$/,
      "an IPv4 network with a prefix of 16..26, such as 10.77.0.0/24",
    ).default("10.77.0.0/24"),
    mode: choice(networkModes).default("isolated"),
    fabric: profileName().default("unlimited"),
    scale: number(0.0001, 1).default(1),
    profiles: named(
      ownProfileName,
      "a profile name of lower-case letters, digits and -",
      networkProfile,
    ).prefault({}),
  }).prefault({}),
  overcommit: strict({
    cores: number(1, 64).default(1),
    memory: number(1, 8).default(1),
  }).prefault({}),
});

export type Topology = z.infer<typeof topologySchema>;
export type NodeShape = Topology["controller"];
export type HardwareProfile = z.infer<typeof hardwareProfile>;
export type NetworkProfile = z.infer<typeof networkProfile>;
export type DomainKind = Exclude<Topology["domain"], "auto">;
