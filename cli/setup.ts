import { ensureLibvirtd } from "../host/libvirtd";
import { ensurePackages } from "../host/packages";
import type { Report } from "../host/report";
import { ensureImage } from "../images/build";
import { type PulumiEnvironment, pulumiEnvironment } from "../toolchain/environment";
import { ensureToolchain, type Toolchain } from "../toolchain/pulumi";
import { Phases } from "./phases";

export interface SetUp {
  readonly toolchain: Toolchain;
  readonly environment: PulumiEnvironment;
}

/** Brings a fresh host to where plain `pulumi up` works; every part is skipped where it is done. */
export async function setUp(report: Report, phases = new Phases()): Promise<SetUp> {
  await phases.run("system packages", () => ensurePackages({ report }));
  await phases.run("libvirt daemons", () => ensureLibvirtd({ report }));
  const toolchain = await phases.run("Pulumi toolchain", () => ensureToolchain({ report }));
  await phases.run("image", () => ensureImage("slurm", { report, formats: ["tree"] }));
  return { toolchain, environment: await pulumiEnvironment(toolchain) };
}
