import type { Problem } from "../problems";
import type { Scheduler } from "../scheduler";

/** A site whose files were named and not read: only stack and campaign files are read with them. */
export function siteProblems({ site }: Pick<Scheduler, "site">): Problem[] {
  if (site === undefined) return [];
  const { files } = site;
  if (files !== undefined && Object.keys(files).length > 0) return [];
  return [
    {
      path: "scheduler.site",
      message: "expected the path of the site's files: give directory or configFile",
    },
  ];
}
