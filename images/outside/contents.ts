/** What nodes run; images have Debian's kernel for it. */
export const imageArchitecture = "amd64";

/** What a directory of packages holds, whichever its form. */
export interface PackageContents {
  /** Absolute paths of the .deb files; none in a staged tree. */
  readonly debs: readonly string[];
  /** Name to version. */
  readonly versions: Readonly<Record<string, string>>;
  /** Regular files, as absolute paths in the image. */
  readonly files: readonly string[];
  /** What the content key is taken over; nothing in it depends on place or time. */
  readonly content: readonly unknown[];
  /** Everything that makes it unusable. */
  readonly problems: readonly string[];
}
