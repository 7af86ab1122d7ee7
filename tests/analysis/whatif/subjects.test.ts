import { expect, test } from "vitest";
import type { Figures } from "../../../analysis/whatif/figures";
import { chosenSubjects, mostSubjects } from "../../../analysis/whatif/subjects";

const everything = { by: null, usersRedrawn: "nobody" } as const;

function figure(scope: string, name: string | null, jobs = 10): Figures {
  return { scope, name, jobs, metric: "mean_wait", unit: "s", values: new Map([["run", 1]]) };
}

const names = (figures: readonly Figures[]) => figures.map(({ scope, name }) => name ?? scope);

const known = [
  figure("user", "anna", 3),
  figure("user", "ben", 9),
  figure("all", null),
  figure("size", "jobs of up to 8 cores"),
  figure("size", "jobs of more than 8 cores"),
  figure("queue", "main"),
  figure("rack", "a"),
  figure("rack", "b"),
];

test("all jobs come first, then sizes, then scopes with the most jobs first, also ones that are new", () => {
  expect(names(chosenSubjects(known, everything).figures)).toEqual([
    ...["all", "jobs of up to 8 cores", "jobs of more than 8 cores", "ben", "anna", "a", "b"],
  ]);
});

test("a scope with one subject is all jobs again, and others can be chosen", () => {
  expect(names(chosenSubjects(known, { ...everything, by: ["queue", "rack"] }).figures)).toEqual([
    ...["all", "a", "b"],
  ]);
});

test("of many subjects those with the most jobs stay, and the others are counted", () => {
  const many = Array.from({ length: mostSubjects + 3 }, (_, index) =>
    figure("account", `a${index}`, index),
  );
  const { figures, omissions } = chosenSubjects(many, everything);
  expect(names(figures)[0]).toBe("a10");
  expect(figures).toHaveLength(mostSubjects);
  expect(omissions).toEqual([expect.stringContaining("3 of 11 subjects of the scope account")]);
});

test("users whose names go to others in each draw are left out unless they are asked for", () => {
  const redrawn = { by: null, usersRedrawn: "all" } as const;
  const { figures, omissions } = chosenSubjects(known, redrawn);
  expect(names(figures)).not.toContain("anna");
  expect(omissions.join()).toContain("each draw gives their names to others");
  expect(names(chosenSubjects(known, { ...redrawn, by: ["user"] }).figures)).toContain("anna");
  const unnamed = chosenSubjects(known, { ...redrawn, usersRedrawn: "unnamed" });
  expect(names(unnamed.figures)).not.toContain("anna");
  expect(unnamed.omissions.join()).toContain(
    "each draw gives the names of those whom workload.users.names does not have to others",
  );
});
