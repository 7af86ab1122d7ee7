#!/bin/sh
# Stands in for nix in tests. FAKE_NIX is its directory: each call is a line of `calls`, `system` and
# `path` are what it answers, `says` goes to standard error while it builds, and while `fails` is there,
# what is asked for by a flake fails with that text.
set -eu
[ "$1" = --extra-experimental-features ] && [ "$2" = "nix-command flakes" ]
shift 2
echo "$*" >>"$FAKE_NIX/calls"
answer() { cat "$FAKE_NIX/$1"; }
case "$1 ${2-}" in
  "--version ") echo "nix (Nix) 2.26.3" ;;
  "eval --impure") answer system ;;
  "eval --raw" | "build "*"#"*)
    if [ -e "$FAKE_NIX/fails" ]; then
      answer fails >&2
      exit 1
    fi
    [ "$1" = eval ] || answer says >&2
    answer path
    ;;
esac
[ "$1" = build ] && [ "$3" = --out-link ] && ln -sfn "$(cat "$FAKE_NIX/path")" "$4"
exit 0
