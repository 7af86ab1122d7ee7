#!/usr/bin/env bash
# Packs a cache into one file, because a runner's own user cannot keep the owners and modes of an image's tree.
# Arguments: the file, the cache, and which of its directories; those that are not there are left out.
set -euo pipefail
file=$1 cache=$2
shift 2
there=()
for name in "$@"; do
  if [ -d "$cache/$name" ]; then there+=("$name"); fi
done
mkdir -p "$(dirname "$file")"
tar --create --zstd --numeric-owner --file "$file" --directory "$cache" "${there[@]}"
chmod a+r "$file"
