/** What a person needs when something cannot go on: what and where, what to do, and the raw evidence. */
export interface FailureOptions {
  /** The next thing to do, as a sentence or a command. */
  readonly remedy?: string;
  /** Raw evidence, such as the tail of a log; printed below the message. */
  readonly detail?: string;
  readonly cause?: unknown;
}

/** Base of every error thrown on purpose. Only entry points print it and choose the exit code. */
export class Failure extends Error {
  readonly remedy: string | undefined;
  readonly detail: string | undefined;

  constructor(message: string, options: FailureOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.remedy = options.remedy;
    this.detail = options.detail;
  }
}
