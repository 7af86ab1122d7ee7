#!/usr/bin/env bash
# Fetches the user's packages of Flux, an archive of .deb files or of a staged tree, and unpacks them.
# Arguments: its address, its SHA-256, the directory to unpack into.
set -euo pipefail
url=$1 sum=$2 target=$3
archive=$(mktemp)
trap 'rm -f "$archive"' EXIT
curl --fail --silent --show-error --location --proto '=https' --output "$archive" "$url"
echo "$sum  $archive" | sha256sum --check --strict --quiet
mkdir -p "$target"
tar --extract --file "$archive" --directory "$target"
