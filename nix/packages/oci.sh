# shellcheck shell=sh
# Writes an OCI archive of one layer; equal inputs give equal bytes. Arguments: the directory of the layer,
# the image's reference, entry point and environment (JSON lists), the archive.
set -eu
layer=$1 reference=$2 entrypoint=$3 environment=$4 archive=$5
layout=$(mktemp -d)
blobs=$layout/blobs/sha256
mkdir -p "$blobs"

# Names in order, no dates, all root. Arguments: the directory, the archive.
pack() {
  (cd "$1" && tar --create --format=ustar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -- *) >"$2"
}
# Moves a file among the blobs and prints its descriptor. Arguments: the file, its media type.
put() {
  sum=$(sha256sum "$1" | cut -d ' ' -f 1)
  size=$(stat -c %s "$1")
  mv "$1" "$blobs/$sum"
  jq -cn --arg type "$2" --arg digest "sha256:$sum" --argjson size "$size" \
    '{mediaType: $type, digest: $digest, size: $size}'
}

type=application/vnd.oci.image
pack "$layer" "$layout/layer"
layer=$(put "$layout/layer" "$type.layer.v1.tar")
# A layer that is not compressed is its own difference.
jq -cn --argjson layer "$layer" --argjson entrypoint "$entrypoint" --argjson environment "$environment" '{
  architecture: "amd64", os: "linux",
  config: {Entrypoint: $entrypoint, Env: $environment},
  rootfs: {type: "layers", diff_ids: [$layer.digest]}
}' >"$layout/config"
config=$(put "$layout/config" "$type.config.v1+json")
jq -cn --arg type "$type.manifest.v1+json" --argjson config "$config" --argjson layer "$layer" \
  '{schemaVersion: 2, mediaType: $type, config: $config, layers: [$layer]}' >"$layout/manifest"
manifest=$(put "$layout/manifest" "$type.manifest.v1+json")
jq -cn --argjson manifest "$manifest" --arg reference "$reference" '{schemaVersion: 2, manifests: [
  $manifest + {annotations: {
    "io.containerd.image.name": $reference, "org.opencontainers.image.ref.name": $reference
  }}
]}' >"$layout/index.json"
printf '{"imageLayoutVersion":"1.0.0"}' >"$layout/oci-layout"
pack "$layout" "$archive"
rm -r "$layout"
