import path from "node:path";
import { execa } from "execa";
import type { OutsidePackages } from "./packages";

/** What a role has to be given because no Debian suite holds it. */
export interface OutsideNeeds {
  /** Environment variable that names the directory where the configuration does not. */
  readonly variable: string;
  /** Package to the least version. */
  readonly packages: Readonly<Record<string, string>>;
  /** Further ones, as above, without which no job can start MPI programs. */
  readonly mpiPackages: Readonly<Record<string, string>>;
  /** Programs that the bootstrap and the nodes' configuration name by their path. */
  readonly programs: readonly NeededProgram[];
  /** Names, without an extension, of other files that the packages have to bring, wherever they lie. */
  readonly others: readonly string[];
  /** How to come by the packages. */
  readonly howTo: string;
}

export interface NeededProgram {
  readonly path: string;
  /** Where some makers of packages put it; the image then has a link at `path`. */
  readonly elsewhere?: string;
  /** It runs as root, whoever starts it. */
  readonly setuid?: boolean;
}

/** Where the packages have a program; undefined where they lack it. */
function placeOf(program: NeededProgram, files: ReadonlySet<string>): string | undefined {
  return [program.path, program.elsewhere].find((file) => file !== undefined && files.has(file));
}

/** What the role's recipe has to do with the packages beside copying them. */
export function placedPrograms(
  needs: OutsideNeeds | undefined,
  { files }: OutsidePackages,
): {
  readonly setuid: readonly string[];
  readonly links: readonly { readonly path: string; readonly target: string }[];
} {
  const known = new Set(files);
  const placed = (needs?.programs ?? []).flatMap((program) => {
    const place = placeOf(program, known);
    return place === undefined ? [] : [{ ...program, place }];
  });
  return {
    setuid: placed.filter(({ setuid }) => setuid).map(({ place }) => place),
    links: placed
      .filter(({ path: wanted, place }) => wanted !== place)
      .map(({ path: wanted, place }) => ({ path: wanted, target: place })),
  };
}

/** The packages that the role has to be given, each with its least version; with `mpi`, those for MPI programs too. */
export function wantedPackages(
  needs: OutsideNeeds,
  mpi: boolean,
): Readonly<Record<string, string>> {
  return mpi ? { ...needs.packages, ...needs.mpiPackages } : needs.packages;
}

/** What the role lacks in the packages, for MPI programs too where there are any; empty when they will do. */
export async function needsProblems(
  needs: OutsideNeeds,
  { versions, files }: OutsidePackages,
  mpi: boolean,
): Promise<string[]> {
  const known = new Set(files);
  const names = new Set(files.map((file) => path.parse(file).name));
  const problems: string[] = [];
  for (const [name, least] of Object.entries(wantedPackages(needs, mpi))) {
    const version = versions[name];
    const what = name in needs.packages ? "" : " for the MPI programs of this workload";
    if (version === undefined)
      problems.push(`${name} is missing: ${least} or later is needed${what}`);
    else if (!(await atLeast(version, least))) {
      problems.push(`${name} is ${version}: ${least} or later is needed`);
    }
  }
  const missing = [
    ...needs.programs.flatMap((program) => (placeOf(program, known) ? [] : [program.path])),
    ...needs.others.filter((name) => !names.has(name)),
  ];
  if (missing.length > 0) problems.push(`they do not hold ${missing.join(", ")}`);
  return problems;
}

async function atLeast(version: string, least: string): Promise<boolean> {
  const compared = await execa("dpkg", ["--compare-versions", version, "ge", least], {
    reject: false,
  });
  return compared.exitCode === 0;
}
