import path from "node:path";
import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";
import { awaitAnswer } from "./answer";
import { commandLine } from "./command-line";
import { domainTransform } from "./domain-transform";
import type { MadeDomain, NodeArgs, NodeContext } from "./node";
import { seedDisk } from "./seed";
import { consoleTail } from "./wait-script";

/** Volumes that all machines of a stack share: the root disk's backing image, kernel and initrd. */
export interface MachineBase {
  readonly root: libvirt.Volume;
  readonly kernel: libvirt.Volume;
  readonly initrd: libvirt.Volume;
}

const bytesPerGiB = 1024 ** 3;
// Emulated machines boot side by side on few cores: one alone takes about 20 s, eight some minutes.
const answerSeconds = 600;

export function createMachineBase(
  context: NodeContext,
  options: pulumi.CustomResourceOptions,
): MachineBase {
  const volume = (name: string, file: string, format: string) =>
    new libvirt.Volume(
      name,
      { name, pool: context.pool.name, source: path.join(context.imageDir, file), format },
      options,
    );
  return {
    root: volume("base.qcow2", "disk.qcow2", "qcow2"),
    kernel: volume("vmlinuz", "vmlinuz", "raw"),
    initrd: volume("initrd.img", "initrd.img", "raw"),
  };
}

/** The resource's id is the volume's key and a unique part, with a semicolon between. */
const volumeOf = (id: string) => id.split(";")[0] ?? id;

export function createMachine(
  args: NodeArgs,
  context: NodeContext,
  base: MachineBase,
  options: pulumi.CustomResourceOptions,
): MadeDomain {
  const { node } = args;
  const once = { ...options, deleteBeforeReplace: true };
  const disk = new libvirt.Volume(
    `${node.name}.qcow2`,
    {
      name: `${node.name}.qcow2`,
      pool: context.pool.name,
      baseVolumeId: base.root.id,
      size: node.diskGiB * bytesPerGiB,
      format: "qcow2",
    },
    once,
  );
  // The only kind of volume of the provider that takes arbitrary text as its content. Nothing on
  // the node reads it as a combustion script.
  const seed = new libvirt.Combustion(
    `${node.name}.seed`,
    { name: `${node.name}.seed`, pool: context.pool.name, content: args.seed.apply(seedDisk) },
    { ...once, additionalSecretOutputs: ["content"] },
  );
  const consoleLog = path.posix.join(context.stackDir, `${node.name}.console`);
  const domain = new libvirt.Domain(
    node.name,
    {
      name: node.domainName,
      type: context.kind,
      vcpu: node.vcpus,
      memory: node.memoryMiB,
      kernel: base.kernel.id,
      initrd: base.initrd.id,
      cmdlines: commandLine(context.kernelArguments),
      ...(context.kind === "kvm" ? { cpu: { mode: "host-passthrough" } } : {}),
      disks: [{ volumeId: disk.id }, { volumeId: seed.id.apply(volumeOf) }],
      networkInterfaces: [{ networkId: context.network.id, mac: node.mac, waitForLease: false }],
      consoles: [{ type: "pty", targetPort: "0", targetType: "serial" }],
      xml: { xslt: domainTransform(node, context, consoleLog) },
      running: true,
      autostart: false,
    },
    once,
  );
  const answering = awaitAnswer(node, {
    domain,
    seconds: answerSeconds,
    explain: consoleTail(consoleLog),
    trigger: domain.id,
    options,
  });
  return {
    resource: answering,
    identity: pulumi.all([domain.id, answering.stdout]).apply(([id]) => id),
  };
}
