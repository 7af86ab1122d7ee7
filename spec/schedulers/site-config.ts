/** How a site's own configuration file of a scheduler is named in a tuple, and changed in one place. */
export interface SiteConfigFacts {
  /** Key of the tuple that names the file. */
  readonly key: string;
  /** Key of the tuple that names a directory with it, and what it is called there. */
  readonly directoryKey: string;
  readonly main: string;
  /**
   * The file's text with one assignment carried out, such as `NAME=VALUE`; all else stays byte for byte. A
   * reason where that cannot be done.
   */
  readonly withParameter: (text: string, assignment: string) => ChangedText;
  /** Files that the text includes, as it names them. */
  readonly included: (text: string) => readonly string[];
}

export type ChangedText = { readonly text: string } | { readonly refused: string };
