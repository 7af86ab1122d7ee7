# Functions of the scripts that end submitters' lanes; they run on the controller as root.

# Whether the process group $1, whose first process started at $2, has a living process.
group_lives() {
  local stat fields file
  if { read -r stat <"/proc/$1/stat"; } 2>/dev/null; then
    read -r -a fields <<<"${stat##*) }"
    [ "${fields[19]}" = "$2" ] || return 1
  fi
  for file in /proc/[0-9]*/stat; do
    { read -r stat <"$file"; } 2>/dev/null || continue
    read -r -a fields <<<"${stat##*) }"
    [ "${fields[2]}" = "$1" ] && [[ ${fields[0]} != [ZX] ]] && return 0
  done
  return 1
}

# Ends the lane of the record $1 for certain, with the call that it may be waiting for. A lane without
# a record has not begun, and what it will read was revoked.
end_lane() {
  local group started tries
  { read -r group started <"$1"; } 2>/dev/null || return 0
  [[ $group =~ ^[0-9]+$ ]] && [ "$group" -gt 1 ] || return 0
  for ((tries = 0; tries < 200; tries++)); do
    group_lives "$group" "$started" || return 0
    kill -KILL -- "-$group" 2>/dev/null
    sleep 0.05
  done
  echo "the submitter's process group $group does not end" >&2
  return 1
}

# Sets `called` and `answer` from the claim $1; either is empty where the file has no such whole line.
read_claim() {
  # shellcheck disable=SC2034 # The scripts that come after this one read them.
  called='' answer=''
  # shellcheck disable=SC2034 # As above.
  { IFS= read -r called || called=; IFS= read -r answer || answer=; } <"$1"
}
