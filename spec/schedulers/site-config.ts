/** How a site's own configuration file of a scheduler is named in a tuple, and changed in one place. */
export interface SiteConfigFacts {
  /** Key of the tuple that names the file. */
  readonly key: string;
  /**
   * The file's text with one assignment carried out, such as `NAME=VALUE`; all else stays byte for byte. A
   * reason where that cannot be done.
   */
  readonly withParameter: (text: string, assignment: string) => ChangedText;
}

export type ChangedText = { readonly text: string } | { readonly refused: string };
