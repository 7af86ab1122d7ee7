/** Names of node hosts, as the plan gives them: `controller`, `node01`, `gpu12`; none has a hyphen. */
const nodePattern = "(?:controller|[a-z][a-z0-9]*\\d{2,})";

/** Libvirt shortens a domain's name to this many characters in the names of cgroups. */
export const cgroupNameLength = 20;

/**
 * Whether a domain, network or pool of this name belongs to `stack`, or to any stack when none is
 * given. A stack `dev` does not own what belongs to a stack `dev-2` or `dev-b`.
 */
export function belongsTo(name: string, stack: string | undefined): boolean {
  if (stack === undefined) return name.startsWith("schedlab-");
  const prefix = `schedlab-${stack}`;
  if (name === prefix) return true;
  return (
    name.startsWith(`${prefix}-`) &&
    new RegExp(`^${nodePattern}$`).test(name.slice(prefix.length + 1))
  );
}

/** The domain's name in a cgroup directory of libvirt or of host/container; undefined for others. */
export function cgroupOwner(directory: string): string | undefined {
  const plain = directory.replaceAll("\\x2d", "-");
  const match =
    /^node-(schedlab-.+)$/.exec(plain) ??
    /^(?:lxc|qemu)-\d+-(schedlab-.+)\.libvirt-(?:lxc|qemu)$/.exec(plain) ??
    /^machine-(?:lxc|qemu)-\d+-(schedlab-.+)\.scope$/.exec(plain);
  return match?.[1];
}

/** As `belongsTo`, for a name that may have been shortened. */
export function shortenedBelongsTo(name: string, stack: string | undefined): boolean {
  if (belongsTo(name, stack)) return true;
  if (stack === undefined || name.length !== cgroupNameLength) return false;
  const prefix = `schedlab-${stack}-`;
  return prefix.startsWith(name) || (name.startsWith(prefix) && !name.includes("-", prefix.length));
}

/** The libvirt domain or network that a process works for, by its command line and environment. */
export function processOwner(
  argv: readonly string[],
  environment: readonly string[],
): string | undefined {
  const container = environment.find((entry) => entry.startsWith("LIBVIRT_LXC_NAME="));
  if (container) return container.slice("LIBVIRT_LXC_NAME=".length);
  const command = argv[0] ?? "";
  const after = (option: string) => argv[argv.indexOf(option) + 1] ?? "";
  if (command.endsWith("libvirt_lxc")) return after("--name");
  if (/qemu-system-\w+$|qemu-kvm$/.test(command) && argv.includes("-name")) {
    return after("-name")
      .replace(/^guest=/, "")
      .split(",")[0];
  }
  if (!command.endsWith("dnsmasq")) return undefined;
  return argv
    .map((argument) => /\/libvirt\/dnsmasq\/(.+)\.conf$/.exec(argument)?.[1])
    .find(Boolean);
}
