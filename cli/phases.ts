import Table from "cli-table3";

export interface Phase {
  readonly name: string;
  readonly seconds: number;
}

/** Times named phases and remembers them, even when one fails. */
export class Phases {
  readonly done: Phase[] = [];

  async run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    try {
      return await work();
    } finally {
      this.done.push({ name, seconds: (performance.now() - started) / 1000 });
    }
  }

  table(): string {
    const table = new Table({
      head: ["phase", "seconds"],
      colAligns: ["left", "right"],
      style: { head: [], border: [] },
    });
    const total = this.done.reduce((sum, phase) => sum + phase.seconds, 0);
    for (const { name, seconds } of [...this.done, { name: "total", seconds: total }]) {
      table.push([name, seconds.toFixed(1)]);
    }
    return table.toString();
  }
}
