#!/usr/bin/env bash
# Runs a campaign and writes its report. Needs root. Arguments: the campaign's file, the report's directory.
set -euo pipefail
study=$1 report=$2
npx schedlab env >/dev/null
npx schedlab campaign run "$study"
npx schedlab report --campaign "$study" --out "$report"
chmod -R a+rX "$report" results
