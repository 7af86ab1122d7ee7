export interface Mount {
  readonly target: string;
  readonly type: string;
  readonly source: string;
  readonly options: string;
}

/** Parses the text of /proc/PID/mountinfo (proc(5)), in mount order. */
export function parseMountinfo(text: string): Mount[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const fields = line.split(" ");
      const separator = fields.indexOf("-", 6);
      const field = (index: number) => unescapeOctal(fields[index] ?? "");
      return {
        target: field(4),
        type: field(separator + 1),
        source: field(separator + 2),
        options: field(separator + 3),
      };
    });
}

/** What is mounted at a directory or anywhere below it; `directory` is without symbolic links. */
export function mountsIn(mounts: readonly Mount[], directory: string): Mount[] {
  const below = directory.endsWith("/") ? directory : `${directory}/`;
  return mounts.filter(({ target }) => target === directory || target.startsWith(below));
}

/** cgroup v2 trees mounted below a v1 layout: present on hosts with hybrid cgroups only. */
export function nestedCgroup2Mounts(mountinfo: string): string[] {
  return parseMountinfo(mountinfo)
    .filter(({ target, type }) => type === "cgroup2" && target.startsWith("/sys/fs/cgroup/"))
    .map(({ target }) => target);
}

function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
