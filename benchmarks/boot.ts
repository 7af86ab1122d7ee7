import { availableParallelism, cpus, loadavg } from "node:os";
import path from "node:path";
import Table from "cli-table3";
import { Command } from "commander";
import { Failure } from "../base/failure";
import { ensureImage } from "../images/build";
import { diskFiles } from "../images/disk";
import { type MachineImage, startMachine } from "./boot/machine";
import { type BootParts, bootParts, medianParts, partNames, timesCommand } from "./boot/parts";
import { untunedImage } from "./boot/untuned";

const deadlineSeconds = 400;
const report = (line: string) => console.error(line);

async function boot(image: MachineImage): Promise<BootParts> {
  const machine = await startMachine(image);
  try {
    // The clock stops at the first login; the slower questions come after it.
    const { seconds, output } = await machine.answer("cat /proc/uptime", deadlineSeconds);
    return bootParts(seconds, `${output}\n${await machine.run(timesCommand)}`);
  } finally {
    await machine.stop();
  }
}

async function tunedImage(): Promise<MachineImage> {
  const { dir, kernelArguments } = await ensureImage("slurm", { report });
  return {
    disk: path.join(dir, diskFiles.disk),
    kernel: path.join(dir, diskFiles.kernel),
    initrd: path.join(dir, diskFiles.initrd),
    kernelArguments,
    access: "seed",
  };
}

async function measure(repeat: number, json: boolean): Promise<void> {
  const images = { untuned: await untunedImage(report), tuned: await tunedImage() };
  const boots: Record<keyof typeof images, BootParts[]> = { untuned: [], tuned: [] };
  const load: number[] = [];
  for (let round = 1; round <= repeat; round++) {
    // One after the other, in turn, so that other work on the host falls on both.
    for (const kind of ["untuned", "tuned"] as const) {
      load.push(loadavg()[0] ?? Number.NaN);
      const parts = await boot(images[kind]);
      boots[kind].push(parts);
      report(`round ${round} of ${repeat}: ${kind} answered SSH after ${parts.total.toFixed(1)} s`);
    }
  }
  const untuned = medianParts(boots.untuned);
  const tuned = medianParts(boots.tuned);
  const ratio = tuned.total / untuned.total;
  const host = { cores: availableParallelism(), cpu: cpus()[0]?.model ?? "unknown", load };
  if (json) {
    console.log(JSON.stringify({ seconds: { untuned, tuned }, ratio, boots, host }, null, 2));
    return;
  }
  const table = new Table({ head: ["part", "untuned s", "tuned s", "ratio"], style: { head: [] } });
  for (const name of partNames) {
    const share = (tuned[name] / untuned[name]).toFixed(2);
    table.push([name, untuned[name].toFixed(1), tuned[name].toFixed(1), share]);
  }
  console.log(table.toString());
  const busiest = Math.max(...load).toFixed(1);
  console.log(`median of ${repeat}; ${host.cores} cores, ${host.cpu}; load up to ${busiest}`);
}

new Command("boot")
  .description("time from QEMU's start to SSH, tuned image against untuned, both under emulation")
  .option("--repeat <n>", "boots of each", "1")
  .option("--json", "one JSON object", false)
  .action(({ repeat, json }: { repeat: string; json: boolean }) => measure(Number(repeat), json))
  .parseAsync()
  .catch((error: unknown) => {
    console.error(
      error instanceof Failure ? [error.message, error.remedy, error.detail].join("\n") : error,
    );
    process.exitCode = 1;
  });
