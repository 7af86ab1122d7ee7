import { listOf } from "./conf";

/** Generic resources of a node: `gpu:a100:4` is four of the type a100. */
export interface Gres {
  readonly name: string;
  /** Empty where the site does not tell types apart. */
  readonly type: string;
  readonly count: number;
}

const scale: Readonly<Record<string, number>> = {
  "": 1,
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
  t: 1024 ** 4,
};

/** The resources of a node's `Gres`; null for a part that is not in the notation. */
export function gresOf(value: string | undefined): (Gres | null)[] {
  return listOf((value ?? "").replaceAll(/\([^)]*\)/g, "")).map((part) => {
    const [name = "", ...rest] = part.split(":").filter((word) => word !== "no_consume");
    if (!/^[A-Za-z]\w*$/.test(name) || rest.length > 2) return null;
    const count = /^(\d+)([kmgt]?)$/i.exec(rest.at(-1) ?? "");
    if (count === null) {
      // Without a count it is one.
      return rest.length > 1 ? null : { name, type: rest[0] ?? "", count: 1 };
    }
    const factor = scale[(count[2] ?? "").toLowerCase()] ?? 1;
    return {
      name,
      type: rest.length === 2 ? (rest[0] ?? "") : "",
      count: Number(count[1]) * factor,
    };
  });
}

export function gpusOf(gres: readonly Gres[]): number {
  return gres.filter(({ name }) => name === "gpu").reduce((sum, { count }) => sum + count, 0);
}
