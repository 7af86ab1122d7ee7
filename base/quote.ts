/** One word for a POSIX shell, whatever it holds. */
export function shellQuote(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A command for `user` in a clean environment, to be run by root. */
export function asUser(user: string, command: string): string {
  const environment = "PATH=/usr/local/bin:/usr/bin:/bin HOME=/ LC_ALL=C";
  return `runuser -u ${shellQuote(user)} -- env -i ${environment} bash -c ${shellQuote(command)}`;
}
