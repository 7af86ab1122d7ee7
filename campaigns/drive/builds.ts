/**
 * The clusters that are being built now. Building takes the host's cores for minutes, which would be in
 * the measurements of a run beside it.
 */
export class Builds {
  #going = 0;
  #waiting: (() => void)[] = [];

  /** Does `work` as the building of one cluster; several may be built at once. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#going += 1;
    try {
      return await work();
    } finally {
      this.#going -= 1;
      if (this.#going === 0) this.#release();
    }
  }

  /** Returns once no cluster is being built, whether it succeeded or not. */
  async idle(): Promise<void> {
    while (this.#going > 0) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #release(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
