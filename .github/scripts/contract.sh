#!/usr/bin/env bash
# Checks the image in SCHEDLAB_IMAGE_DIR against the contract. Needs root, who may look into the tree.
set -euo pipefail
: "${SCHEDLAB_IMAGE_DIR:?}"
npx schedlab env >/dev/null
npx vitest run tests/e2e/image-contract.e2e.test.ts
