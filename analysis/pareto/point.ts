/** Objective values of one candidate; every one is minimised. */
export type Point = readonly number[];
