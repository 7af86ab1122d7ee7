#!/usr/bin/env bash
# Unpacks what pack-cache.sh packed. Arguments: the file, which need not be there, and the cache.
set -euo pipefail
file=$1 cache=$2
[ -e "$file" ] || exit 0
mkdir -p "$cache"
tar --extract --zstd --numeric-owner --same-permissions --file "$file" --directory "$cache"
