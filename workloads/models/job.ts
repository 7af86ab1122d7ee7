/** One job of a model. Times are whole seconds, sizes are processors. */
export interface ModelJob {
  /** From midnight of the model's first day. */
  readonly submit: number;
  readonly size: number;
  /** At least 1. */
  readonly run: number;
  /** What the user asks for: at least the run time. */
  readonly estimate: number;
  /** 1-based; 1 submits the most. */
  readonly user: number;
  readonly type: "batch" | "interactive" | null;
}

/** A model's jobs, and the lines that describe the model in the log's header. */
export interface ModelWorkload {
  readonly jobs: readonly ModelJob[];
  readonly notes: readonly string[];
}
