import type { Report } from "../base/report";
import { ensureLibvirtd } from "../host/libvirtd";
import { ensurePackages } from "../host/packages";
import { ensureImage } from "../images/build";
import { defaultSchedulerKind } from "../spec/scheduler";
import { type PulumiEnvironment, pulumiEnvironment } from "../toolchain/environment";
import { ensureToolchain } from "../toolchain/pulumi";
import { Phases } from "./phases";
import { PulumiCli } from "./pulumi/cli";
import { restoreSalts } from "./pulumi/salt";

export interface SetUp {
  readonly pulumi: PulumiCli;
  readonly environment: PulumiEnvironment;
}

/** Prepares a fresh host so that plain `pulumi up` works; parts that are done already are skipped. */
export async function setUp(report: Report, phases = new Phases()): Promise<SetUp> {
  await phases.run("system packages", () => ensurePackages({ report }));
  await phases.run("libvirt daemons", () => ensureLibvirtd({ report }));
  const toolchain = await phases.run("Pulumi toolchain", () => ensureToolchain({ report }));
  await phases.run("image", () => ensureImage(defaultSchedulerKind, { report, formats: ["tree"] }));
  const environment = pulumiEnvironment(toolchain);
  const pulumi = new PulumiCli(toolchain.pulumi, environment);
  await restoreSalts(pulumi, report);
  return { pulumi, environment };
}
