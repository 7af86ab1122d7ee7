#!/bin/bash
# Stands in for the flux command: `flux python ...` is this host's Python with a flux module beside this file.
directory=$(dirname "$0")
shift
PYTHONPATH=$directory/modules exec python3 "$@"
