#!/usr/bin/env bash
# Says for a workflow whether the image of a role can be made: `possible=yes` or `possible=no`, and why not as a
# notice. Arguments: the role, and the address of Flux's packages, which may be empty.
set -euo pipefail
role=$1 packages=$2
if [ "$role" = flux ] && [ -z "$packages" ]; then
  echo "::notice::the flux image is left out: the variable FLUX_PACKAGES_URL names no packages" >&2
  echo possible=no
else
  echo possible=yes
fi
