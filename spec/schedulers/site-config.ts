/** A configuration file with the files that it includes, by their paths from its directory. */
export interface ConfigTexts {
  readonly text: string;
  readonly included: Readonly<Record<string, string>>;
}

export type ChangedTexts = ConfigTexts | { readonly refused: string };

/** How single parameters are changed in a scheduler's own configuration file. */
export interface SiteConfigFacts {
  /** Key of the tuple with settings that stand over the file's. */
  readonly setKey: string;
  /**
   * The texts with one assignment carried out in one of them, such as `NAME=VALUE`; all else stays byte for
   * byte. A reason where that cannot be done.
   */
  readonly withParameter: (texts: ConfigTexts, assignment: string) => ChangedTexts;
  /** A text without comments, credentials and other values that count for nothing here; lines stay in place. */
  readonly withoutSecrets: (text: string) => string;
  /** Files that a text includes, as it names them. */
  readonly included: (text: string) => readonly string[];
}
