import { shellFile } from "../../../base/shell-script";
import type { InstalledFile } from "../shell";
import { archiveDir } from "./paths";

const containerdConfigPath = "/etc/containerd/config.toml";

interface Surroundings {
  /** A file system of the node's own can be overlaid; a container's root is an overlay already. */
  readonly snapshotter: "overlayfs" | "native";
  /** Without CAP_SYS_RESOURCE on the host, no process may be shielded from the out-of-memory killer. */
  readonly restrictOomScore: boolean;
}

const machine: Surroundings = { snapshotter: "overlayfs", restrictOomScore: false };
const container: Surroundings = { snapshotter: "native", restrictOomScore: true };

function containerdConfig({ snapshotter, restrictOomScore }: Surroundings): string {
  return `version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "schedlab.local/pause:1"
  restrict_oom_score_adj = ${restrictOomScore}
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "${snapshotter}"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "/etc/cni/net.d"
`;
}

/** containerd with the images that the node brings. Where the node is a container shows only there. */
export function startContainerd(
  put: (file: InstalledFile) => string,
  run: (files: readonly string[]) => string,
): string {
  const config = (surroundings: Surroundings) =>
    put({
      path: containerdConfigPath,
      mode: "0644",
      owner: "root:root",
      content: containerdConfig(surroundings),
    });
  return [
    shellFile(__dirname, "containerd.sh").trimEnd(),
    "if in_container; then",
    config(container),
    "else",
    config(machine),
    "fi",
    run([containerdConfigPath]),
    `import_images ${archiveDir}`,
  ].join("\n");
}
