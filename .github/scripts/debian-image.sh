#!/usr/bin/env bash
# Makes a role's image from Debian packages and checks it against the contract. Needs root. Argument: the role.
set -euo pipefail
here=$(dirname "$0")
npx schedlab env >/dev/null
SCHEDLAB_IMAGE_DIR=$(npx schedlab image --role "$1" --format disk)
export SCHEDLAB_IMAGE_DIR
bash "$here/contract.sh"
