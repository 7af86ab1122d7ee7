import { z } from "zod";
import type { ListedNodes } from "../emulated-list";
import { named, text } from "../fields";
import type { SiteProblem } from "./site-problem";

/** A site's files by the names that they have in its directory. */
export type SiteFiles = Readonly<Record<string, string>>;

export const siteFilePath = () => text(/\S/, "the path of a file of the site's").optional();

/** The content of the files by their names, which schedlab puts in the place of their paths. */
export const siteFileContents = () =>
  named(/^[a-z][\w.-]{0,40}$/, "the name of a file", z.string()).optional();

/** What stands in the place of a value that counts for nothing here, and may be a credential. */
export const leftOutValue = "(left out)";

/** A table with that in the place of the values that do not count. */
export function withoutValues(
  table: Readonly<Record<string, unknown>>,
  counts: (key: string) => boolean,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(table).map(([key, value]) => [key, counts(key) ? value : leftOutValue]),
  );
}

/** How a site's files become a part of the specification. */
export interface SiteFacts {
  /** What a file is called in the site's directory, by the key of `scheduler.site` that names it. */
  readonly files: Readonly<Record<string, string>>;
  /** The file without which there is no site. */
  readonly main: string;
  /** Never throws. `including` is what a file names within itself. */
  readonly take: (files: SiteFiles, options: TakeOptions) => TakenSite;
  /**
   * Files as they were taken, without nodes, switches and what is in which partition, to be compared with others: of
   * partitions that both have, the limits are left. Absent where no file has any of these.
   */
  readonly withoutNodes?: (files: SiteFiles, others: SiteFiles) => SiteFiles;
}

export interface TakeOptions {
  readonly set: Readonly<Record<string, string>>;
  /** Who stands for single users of the site. */
  readonly users: Readonly<Record<string, string>>;
  readonly including: (name: string) => string | undefined;
}

/** What counts of a site's files. */
export interface TakenSite {
  /** Without comments, secrets, and what is not of the scheduler's own. */
  readonly files: SiteFiles;
  /** The settings over the files', without secrets; as they were given if left out. */
  readonly set?: Readonly<Record<string, string>>;
  /** What cannot be read, and what cannot work here. */
  readonly problems: readonly SiteProblem[];
  /** Those of them that are of reading: what is known of the nodes is not all of it. */
  readonly misread?: readonly SiteProblem[];
  /** The policy as far as ours has words for it. */
  readonly policy: Readonly<Record<string, unknown>>;
  /** Who stands for the site's users among so many of ours, by their names; none where the files have no users. */
  readonly users?: (count: number) => Readonly<Record<string, string>>;
  /** The site's nodes, where the files say which there are. */
  readonly nodes?: ListedNodes;
}
