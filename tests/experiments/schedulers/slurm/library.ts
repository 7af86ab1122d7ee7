import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { LocalExecutor } from "../local-executor";

const perl = spawnSync("perl", ["-MTime::HiRes", "-MIO::Select", "-e", "1"]).status === 0;
/** Added to the names of tests that are skipped; empty where they can run. */
export const noPerl = perl ? "" : " (skipped: this host has no perl with its modules)";

export const runId = "20261121T233000Z-k3f9qa";

/** A controller of this host's, whose Perl module Slurm and squeue are doubles. */
export class LibraryDouble {
  readonly base = fs.mkdtempSync(path.join(os.tmpdir(), "slurm-library-"));
  readonly directory = path.join(this.base, "runs", runId);
  readonly executor = new LocalExecutor(this.base);

  constructor() {
    for (const name of ["claims", "lanes"]) {
      fs.mkdirSync(path.join(this.directory, name), { recursive: true });
    }
    fs.copyFileSync(path.join(__dirname, "Slurm.pm"), path.join(this.base, "Slurm.pm"));
    const squeue = path.join(this.base, "squeue");
    fs.copyFileSync(path.join(__dirname, "squeue-double.sh"), squeue);
    fs.chmodSync(squeue, 0o755);
    this.write("queue", "");
    process.env.SLURM_DOUBLE = this.base;
    process.env.PERL5LIB = this.base;
  }

  write(name: string, text: string): void {
    // In one step, as who reads does not wait.
    const file = path.join(this.base, name);
    fs.writeFileSync(`${file}.new`, text);
    fs.renameSync(`${file}.new`, file);
  }

  remove(name: string): void {
    fs.rmSync(path.join(this.base, name));
  }

  /** What the module was called with, a call a line. */
  calls(): string[] {
    const log = path.join(this.base, "log");
    const text = fs.existsSync(log) ? fs.readFileSync(log, "utf8") : "";
    return text.split("\n").filter((line) => line !== "");
  }

  dispose(): void {
    this.executor.dispose();
    delete process.env.SLURM_DOUBLE;
    delete process.env.PERL5LIB;
    fs.rmSync(this.base, { recursive: true, force: true });
  }
}
