# Prints the distribution's name and `package version` lines; nothing on a node without dpkg.
# Arguments: the packages, which may be patterns.
if command -v dpkg-query >/dev/null; then
  # shellcheck source=/dev/null
  (. /etc/os-release && echo "suite ${VERSION_CODENAME:-unknown}")
  # shellcheck disable=SC2016 # dpkg-query fills in its fields.
  dpkg-query --show --showformat '${Package} ${Version}\n' "$@" 2>/dev/null || true
fi
