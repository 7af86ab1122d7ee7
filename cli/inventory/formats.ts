import { stringify } from "yaml";
import type { Handle } from "../../infra/handle";
import type { InventoryFormat } from "./names";

/** A live node, with what other tools need to reach it. Holds no secret. */
export interface InventoryNode {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** The public host key: `ssh-ed25519 AAAA…`. */
  readonly hostKey: string;
  /** What it is to the cluster. */
  readonly place: "controller" | "compute";
  readonly pool: string;
  /** The role of its image: the scheduler's kind. */
  readonly role: string;
  readonly kind: "container" | "machine";
  readonly system: typeof nodeSystem;
}

export interface Inventory {
  readonly stack: string;
  /** The controller first. */
  readonly nodes: readonly InventoryNode[];
  /** Names of nodes by partition. */
  readonly partitions: Readonly<Record<string, readonly string[]>>;
}

const nodeSystem = "x86_64-linux";

/** What may be said of a cluster: everything but the key to its nodes. */
export function inventoryOf({ experiment, domain, cluster, conditions }: Handle): Inventory {
  return {
    stack: experiment,
    nodes: cluster.nodes.map(({ name, address, port, hostKey, role, pool }) => ({
      ...{ name, address, port, user: cluster.user, hostKey, place: role, pool },
      role: conditions.imageRole,
      kind: domain === "lxc" ? "container" : "machine",
      system: nodeSystem,
    })),
    partitions: Object.fromEntries(cluster.partitions.map(({ name, nodes }) => [name, nodes])),
  };
}

/** The inventory as text, without a newline at its end. Pure. */
export function inventoryText(inventory: Inventory, format: InventoryFormat): string {
  return writers[format](inventory);
}

const writers: Readonly<Record<InventoryFormat, (inventory: Inventory) => string>> = {
  json: (inventory) => JSON.stringify(inventory, null, 2),
  colmena: ({ nodes }) => JSON.stringify(colmenaNodes(nodes), null, 2),
  ansible: (inventory) => stringify(ansibleGroups(inventory)).trimEnd(),
  ssh: ({ nodes }) => nodes.map(sshHost).join("\n\n"),
};

/** By name, what the hive of the project's flake reads. */
function colmenaNodes(nodes: readonly InventoryNode[]) {
  return Object.fromEntries(
    nodes.map(({ name, address, user, port, role, kind, system }) => [
      name,
      { targetHost: address, targetUser: user, targetPort: port, role, kind, system },
    ]),
  );
}

/** An inventory of Ansible's in YAML: a group for the controller and one for each partition. */
function ansibleGroups({ nodes, partitions }: Inventory) {
  const hosts = (names: readonly string[]) => ({
    hosts: Object.fromEntries(names.map((name) => [name, {}])),
  });
  const controllers = nodes.filter(({ place }) => place === "controller");
  return {
    all: {
      hosts: Object.fromEntries(
        nodes.map(({ name, address, port, user }) => [
          name,
          { ansible_host: address, ansible_port: port, ansible_user: user },
        ]),
      ),
      children: {
        controller: hosts(controllers.map(({ name }) => name)),
        ...Object.fromEntries(
          Object.entries(partitions).map(([name, members]) => [name, hosts(members)]),
        ),
      },
    },
  };
}

/**
 * For `ssh -F`. The host key comes from here and is not remembered, since a node that is made anew has
 * another one under the same address.
 */
function sshHost({ name, address, port, user, hostKey }: InventoryNode): string {
  return [
    `Host ${name} ${address}`,
    `  HostName ${address}`,
    `  Port ${port}`,
    `  User ${user}`,
    // %H: the name under which ssh looks for the key.
    `  KnownHostsCommand /bin/echo %H ${hostKey}`,
    "  GlobalKnownHostsFile /dev/null",
    "  UserKnownHostsFile /dev/null",
    "  StrictHostKeyChecking yes",
  ].join("\n");
}
