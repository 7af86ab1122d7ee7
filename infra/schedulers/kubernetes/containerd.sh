# Whether the node is a container, whose root is an overlay already and cannot be overlaid again.
in_container() { systemd-detect-virt --container --quiet; }
# Imports the container images that the node's image carries. Argument: their directory.
import_images() {
  local archive told snapshotter=overlayfs
  if in_container; then snapshotter=native; fi
  (cd "$1" && sha256sum --check --strict --quiet SHA256SUMS) || {
    echo "an image archive is missing or damaged in $1: delete the image and make it anew" >&2
    exit 1
  }
  for archive in "$1"/*.tar; do
    told="$(ctr --namespace k8s.io images import --snapshotter "$snapshotter" "$archive" 2>&1)" || {
      echo "cannot import $archive: $told" >&2
      exit 1
    }
  done
}
