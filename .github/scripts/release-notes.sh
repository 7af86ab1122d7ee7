#!/usr/bin/env bash
# Prints what CHANGELOG.md says of a version. Arguments: the version, with or without a v before it, and the file.
set -euo pipefail
version=${1#v} file=$2
notes=$(awk -v wanted="$version" '
  /^## / { found = $2 == wanted || $2 == "[" wanted "]"; next }
  found { print }
' "$file")
if [ -z "${notes//[[:space:]]/}" ]; then
  echo "$file has no section $version, or an empty one: name the section after the tag before releasing" >&2
  exit 1
fi
printf '%s\n' "$notes" | sed '/./,$!d'
