/** What Nix said went wrong, shortened to its cause. */
export interface NixCause {
  readonly message: string;
  /** Where in the flake, or the last lines of what failed to build; empty where Nix said neither. */
  readonly detail: string;
  readonly remedy: string;
}

/** Lines of a failed build's log, or of a trace, that are worth a look. */
const mostLines = 15;

/** What follows from another error that Nix names too. */
const consequences =
  /^(\d+ dependenc(y|ies) of derivation .* failed|build of .* failed|some substitutes .* failed)/;

interface Known {
  readonly when: RegExp;
  readonly remedy: string;
}

/** The first that matches what Nix said gives the remedy. */
const known: readonly Known[] = [
  {
    when: /does not provide attribute/,
    remedy:
      "the flake has to provide packages.x86_64-linux.ROLE-image, ROLE being the scheduler's kind",
  },
  {
    when: /is required to build .* but I am a/,
    remedy: "the flake's packages.x86_64-linux must hold what is built for x86_64-linux",
  },
  {
    when: /cannot write modified lock file/,
    remedy: "lock the flake where it lies, with nix flake lock, and commit its flake.lock",
  },
  {
    when: /is not tracked by Git/,
    remedy: "git add the file: Nix sees only what Git knows of",
  },
  {
    when: /could not find a flake\.nix|does not contain a 'flake\.nix'|does not exist|No such file or directory|cannot find flake/,
    remedy:
      "set image.flake to a directory with a flake.nix, or to a reference such as github:OWNER/REPO",
  },
  {
    when: /unable to download|Could(n't| not) resolve host|Failed to connect|cannot connect|timed out/i,
    remedy:
      "check the network: the flake's inputs, and what no binary cache holds, are fetched; or leave " +
      "image.maker at debian",
  },
  {
    when: /No space left on device/,
    remedy: "free some space where Nix's store lies; nix store gc removes what nothing uses",
  },
];

/**
 * Finds the cause in what a failed `nix build` or `nix eval` printed on its standard error. Nix prints
 * a trace with the cause at its end, and what failed because of a failed build after that.
 * `command` is what a person runs to see all of it. Pure.
 */
export function nixCause(stderr: string, command: string): NixCause {
  const lines = stderr.trimEnd().split("\n");
  const errors = lines.flatMap((line, index) => {
    const text = /^\s*error: *(\S.*)$/.exec(line)?.[1];
    return text === undefined || consequences.test(text) ? [] : [{ index, text }];
  });
  const build = errors.find(({ text }) => /^(builder for|Cannot build)/.test(text));
  const cause = build ?? errors.at(-1);
  if (cause === undefined) {
    const tail = lines.slice(-mostLines).join("\n");
    return { message: "nix failed and did not say why", detail: tail, remedy: byHand(command) };
  }
  const message = cause.text.replace(/[;:]$/, "");
  const detail = followers(lines.slice(cause.index + 1), build !== undefined).join("\n");
  const remedy = known.find(({ when }) => when.test(message) || when.test(detail))?.remedy;
  return { message, detail, remedy: remedy ?? byHand(command) };
}

/** The indented lines below an error; of a build's log, the last. */
function followers(lines: readonly string[], build: boolean): string[] {
  const end = lines.findIndex((line) => /^\S/.test(line));
  const own = (end === -1 ? lines : lines.slice(0, end)).map((line) => line.trim()).filter(Boolean);
  return build ? own.slice(-mostLines) : own.slice(0, mostLines);
}

function byHand(command: string): string {
  return `to see all that Nix says: ${command} --show-trace`;
}
