import { StringDecoder } from "node:string_decoder";

/** Cuts a byte stream into lines; characters split over chunks stay whole. */
export class LineSplitter {
  readonly #decoder = new StringDecoder("utf8");
  readonly #onLine: (line: string) => void;
  #rest = "";

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** Throws what the handler throws; that line and those behind it are then not delivered. */
  push(chunk: Buffer): void {
    const text = this.#rest + this.#decoder.write(chunk);
    let from = 0;
    try {
      for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", from)) {
        this.#onLine(text.slice(from, end));
        from = end + 1;
      }
    } finally {
      this.#rest = text.slice(from);
    }
  }

  /** What has not been delivered: what followed the last newline. */
  rest(): string {
    return this.#rest + this.#decoder.end();
  }
}
