import { randomStreams, type Stream, type Uniform } from "../models/random";

/** Seeds of workloads are below it, so that no model is drawn with the numbers that resample it. */
const firstSeed = 2 ** 31;

/** The streams of the resample with this number, a whole one of 0 to 2^31 − 1. */
export function resampleStreams(number: number): Readonly<Record<Stream, Uniform>> {
  return randomStreams(firstSeed + number);
}

/** Decimals of a second that a moved time keeps: a double has no room for more beside a year. */
const timeDecimals = 6;

export function roundedTime(seconds: number): number {
  const scale = 10 ** timeDecimals;
  return Math.round(seconds * scale) / scale;
}
