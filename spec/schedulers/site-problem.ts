import { formatProblem, type Problem } from "../problems";

/** What is wrong with a line of the site's files. */
export interface SiteProblem {
  /** As the site calls it, such as "slurm.conf". */
  readonly file: string;
  /** From 1; 0 for the file as a whole. */
  readonly line: number;
  readonly key: string;
  /** What was expected or why it cannot be, and what to do. */
  readonly message: string;
}

/** `slurm.conf:12: SelectType: expected …` under the key of the specification that names the files. */
export function asProblem(path: string, { file, line, key, message }: SiteProblem): Problem {
  const place = line === 0 ? file : `${file}:${line}`;
  return {
    path,
    message: formatProblem({ path: place, message: key === "" ? message : `${key}: ${message}` }),
  };
}
