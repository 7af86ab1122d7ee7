/** What the user of `whatif` may say. */
export interface WhatIfChoices {
  readonly stack: string;
  readonly trace?: string;
  readonly set: readonly string[];
  readonly config?: string;
  readonly with?: string;
  readonly resamples: number;
  readonly repeats?: number;
  readonly metric: readonly string[];
  readonly by?: readonly string[];
  readonly sizes?: readonly number[];
  readonly margin: number;
  readonly name?: string;
  readonly store?: string;
  readonly clusters?: number;
  readonly keep?: boolean;
  readonly fromStore?: boolean;
  readonly dryRun?: boolean;
  readonly accept?: readonly string[];
  readonly allowUnequal?: boolean;
  readonly report?: string;
  readonly json?: boolean;
}
