/** Seconds of one boot, from the start of QEMU to the first login that succeeded. */
export interface BootParts {
  /** QEMU, firmware and unpacking, until the kernel's clock starts. */
  readonly firmware: number;
  /** Until the kernel runs the initrd's first process. */
  readonly kernel: number;
  /** Until the service manager of the root file system starts. */
  readonly initrd: number;
  /** Until sshd says that it is ready. */
  readonly userspace: number;
  /** Until a login has succeeded. */
  readonly login: number;
  readonly total: number;
}

export const partNames = ["firmware", "kernel", "initrd", "userspace", "login", "total"] as const;

/** Asked of a machine after its first login, which printed /proc/uptime; `bootParts` reads both. */
export const timesCommand = [
  "dmesg | grep 'Run /init'",
  "systemctl show --property=UserspaceTimestampMonotonic",
  "systemctl show ssh.service --property=ActiveEnterTimestampMonotonic",
].join("; ");

/**
 * The parts of a boot, from the total in seconds, /proc/uptime at that moment and the output of `timesCommand`.
 * @throws RangeError when the output lacks one of the times.
 */
export function bootParts(total: number, output: string): BootParts {
  const time = (pattern: RegExp, unit: number): number => {
    const text = pattern.exec(output)?.[1];
    if (!text) throw new RangeError(`no ${pattern} in the machine's times: ${output}`);
    return Number(text) * unit;
  };
  const uptime = time(/^([\d.]+) [\d.]+$/m, 1);
  const init = time(/\[\s*([\d.]+)\] Run \/init/, 1);
  const manager = time(/UserspaceTimestampMonotonic=(\d+)/, 1e-6);
  const ready = time(/ActiveEnterTimestampMonotonic=(\d+)/, 1e-6);
  return {
    firmware: total - uptime,
    kernel: init,
    initrd: manager - init,
    userspace: ready - manager,
    login: uptime - ready,
    total,
  };
}

/** The middle value of each part; of an even number the mean of the two in the middle. */
export function medianParts(boots: readonly BootParts[]): BootParts {
  const of = (name: keyof BootParts) => median(boots.map((boot) => boot[name]));
  return {
    firmware: of("firmware"),
    kernel: of("kernel"),
    initrd: of("initrd"),
    userspace: of("userspace"),
    login: of("login"),
    total: of("total"),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}
