/** TOML takes JSON's form of a text. */
export const text = (value: string) => JSON.stringify(value);

/** Nodes that are alike, in a table of Flux's resources. */
export interface Resources {
  /** As RFC 29 writes a list of hosts. */
  readonly hosts: string;
  readonly cores: number;
  readonly gpus: number;
  readonly properties: readonly string[];
}

export function resourceConfig({ hosts, cores, gpus, properties }: Resources): string[] {
  return [
    "",
    "[[resource.config]]",
    `hosts = ${text(hosts)}`,
    `cores = ${text(ids(cores))}`,
    ...(gpus > 0 ? [`gpus = ${text(ids(gpus))}`] : []),
    ...(properties.length > 0 ? [`properties = [${properties.map(text).join(", ")}]`] : []),
  ];
}

/** Numbers from 0, as RFC 22 writes them. */
function ids(count: number): string {
  return count === 1 ? "0" : `0-${count - 1}`;
}
