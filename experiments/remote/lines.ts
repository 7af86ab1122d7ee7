import { StringDecoder } from "node:string_decoder";

/** Cuts a byte stream into lines; characters split over chunks stay whole. */
export class LineSplitter {
  readonly #decoder = new StringDecoder("utf8");
  readonly #onLine: (line: string) => void;
  #rest = "";

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    const parts = (this.#rest + this.#decoder.write(chunk)).split("\n");
    this.#rest = parts.pop() ?? "";
    for (const line of parts) this.#onLine(line);
  }

  /** What followed the last newline. */
  rest(): string {
    return this.#rest + this.#decoder.end();
  }
}
