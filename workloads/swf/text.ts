const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** Windows' superset of Latin-1, in which every byte is a character. */
const latin1 = new TextDecoder("windows-1252");

/** A comment line's text after its semicolon; bytes that are not UTF-8 are read as Latin-1. */
export function commentText(line: Buffer): { readonly text: string; readonly utf8: boolean } {
  const bytes = line.subarray(line.indexOf(";") + 1);
  try {
    return { text: utf8.decode(bytes), utf8: true };
  } catch {
    return { text: latin1.decode(bytes), utf8: false };
  }
}
