import { Failure } from "../base/failure";
import { pins } from "./pins";

/** Where the CLI comes from, in the order in which they are tried. */
export const sources = ["installed", "release", "built"] as const;
export type Source = (typeof sources)[number];
export type Forced = Source | null;

/** @throws Failure for a value that is no source. */
export function forcedSource(environment: NodeJS.ProcessEnv): Forced {
  const value = environment.SCHEDLAB_TOOLCHAIN;
  if (value === undefined || value === "") return null;
  const source = sources.find((name) => name === value);
  if (source === undefined) {
    throw new Failure(`SCHEDLAB_TOOLCHAIN is ${JSON.stringify(value)}`, {
      remedy: `one of ${sources.join(", ")}, or unset`,
    });
  }
  return source;
}

/**
 * Once a toolchain has been built, the release host is not asked any more: a silent network would
 * cost seconds each time, and the libvirt resources of the two are not of the same package.
 */
export function sourcesToTry(forced: Forced, isBuilt: boolean): readonly Source[] {
  if (forced !== null) return [forced];
  return isBuilt ? ["installed", "built"] : sources;
}

/**
 * An installed CLI has to be at least as new as the pinned one: the npm package @pulumi/pulumi has
 * that version, and a program may be older than its engine, not newer. Another major may differ in
 * anything.
 */
export function newEnough(version: string, floor: string = pins.pulumi): boolean {
  const parse = (text: string) => /^v?(\d+)\.(\d+)\.(\d+)/.exec(text)?.slice(1).map(Number);
  const [have, need] = [parse(version), parse(floor)];
  if (have === undefined || need === undefined || have[0] !== need[0]) return false;
  const [, minor = 0] = have;
  const [, needMinor = 0] = need;
  return minor >= needMinor;
}
