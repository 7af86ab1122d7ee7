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
    "if systemd-detect-virt --container --quiet; then",
    config(container),
    "  snapshotter=native",
    "else",
    config(machine),
    "  snapshotter=overlayfs",
    "fi",
    run([containerdConfigPath]),
    `(cd ${archiveDir} && sha256sum --check --strict --quiet SHA256SUMS) || {`,
    `  echo "an image archive is missing or damaged in ${archiveDir}: delete the image and make it anew" >&2`,
    "  exit 1",
    "}",
    `for archive in ${archiveDir}/*.tar; do`,
    '  told="$(ctr --namespace k8s.io images import --snapshotter "$snapshotter" "$archive" 2>&1)" || {',
    '    echo "cannot import $archive: $told" >&2',
    "    exit 1",
    "  }",
    "done",
  ].join("\n");
}
