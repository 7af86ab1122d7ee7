import type { Figures } from "./figures";

/** Subjects of a scope that are compared: every further one makes all intervals wider. */
export const mostSubjects = 8;

export interface Chosen {
  /** All jobs first, then by size, then scope by scope with the most jobs first. */
  readonly figures: readonly Figures[];
  /** What was left out, and why. */
  readonly omissions: readonly string[];
}

export interface SubjectChoice {
  /** Scopes that are compared beside all jobs; null: all that are known and mean something. */
  readonly by: readonly string[] | null;
  readonly usersRedrawn: UsersRedrawn;
}

/**
 * Whose names are another user's on each job list, as where whole users are drawn: of everybody, or of those in
 * the log for whom nobody is said to stand.
 */
export type UsersRedrawn = "nobody" | "all" | "unnamed";

const whoseNames = {
  all: "their names",
  unnamed: "the names of those whom workload.users.names does not have",
} as const;

/**
 * What is compared of all that is known. A scope with a single subject is all jobs again; of others with
 * many, those with the most jobs stay. This looks at numbers of jobs alone, which are the same on both
 * sides, so that it does not choose what happens to differ. Pure.
 */
export function chosenSubjects(
  all: readonly Figures[],
  { by, usersRedrawn }: SubjectChoice,
): Chosen {
  const omissions: string[] = [];
  const scopes = [...new Set(all.map(({ scope }) => scope))].sort((a, b) => rank(a) - rank(b));
  const figures = scopes.flatMap((scope) => {
    const own = all.filter((figure) => figure.scope === scope);
    if (scope === "all") return own;
    if (by !== null && !by.includes(scope)) return [];
    const jobs = new Map<string | null, number>();
    for (const { name, jobs: count } of own) jobs.set(name, Math.max(jobs.get(name) ?? 0, count));
    if (jobs.size < 2) return [];
    if (scope === "user" && by === null && usersRedrawn !== "nobody") {
      omissions.push(
        `users are not compared: each draw gives ${whoseNames[usersRedrawn]} to others (workload.resample.method: shake keeps them; --by user compares them all the same)`,
      );
      return [];
    }
    const names = [...jobs].sort((a, b) => b[1] - a[1]).map(([name]) => name);
    // Sizes have an order of their own, and there are as many as the user asked for.
    if (scope === "size") return own;
    const kept = names.slice(0, mostSubjects);
    const rest = names.length - kept.length;
    if (rest > 0) {
      omissions.push(
        `${rest} of ${names.length} subjects of the scope ${scope} are left out: those with the fewest jobs`,
      );
    }
    return kept.flatMap((name) => own.filter((figure) => figure.name === name));
  });
  return { figures, omissions };
}

function rank(scope: string): number {
  const place = ["all", "size", "account", "qos", "queue", "user"].indexOf(scope);
  return place < 0 ? 6 : place;
}
