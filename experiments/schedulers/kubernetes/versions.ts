/** `program version` lines. */
export const versionsFile = "/usr/share/schedlab/versions";

/** `1.35.4 with Volcano 1.15.0`. */
export function versionText(file: string): string {
  const versions = new Map(
    file.split("\n").map((line) => line.trim().split(/\s+/) as [string, string]),
  );
  const [kubernetes, volcano] = [versions.get("kube-apiserver"), versions.get("vc-scheduler")];
  return kubernetes === undefined || volcano === undefined
    ? ""
    : `${kubernetes} with Volcano ${volcano}`;
}
