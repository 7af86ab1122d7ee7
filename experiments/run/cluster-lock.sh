# Holds the cluster's lock on the controller for one harness, until its standard input ends.
#
#   bash -c SCRIPT cluster-lock DIRECTORY TOKEN ORPHAN_SECONDS SILENCE_SECONDS PATIENCE_SECONDS [OVER]
#
# TOKEN is the harness's own: what holds the lock under it is a former connection of the same harness
# and is ended. OVER is the token of a harness that is known to be gone, or is to be treated so.
# The first line of standard input describes the holder in JSON, later ones are a new description,
# `beat` or `release`. Answers `held` or `busy TOKEN JSON`, and `waiting TOKEN JSON` before it waits.
directory=$1 token=$2 orphan=$3 silence=$4 patience=$5 over=${6:-}
mkdir -p "$directory" || exit 1
IFS= read -r -t "$silence" description || exit 1
# The lock, and the turn: who looks at the lock, or takes it from another, does so alone. Children
# must not inherit either, they would hold them on.
exec 9>>"$directory/lock" 8>>"$directory/turn" || exit 1

start_of() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  # The command, in parentheses, may hold blanks; the start is field 22 of all (proc(5)).
  # shellcheck disable=SC2086 # Each field is to be an argument of its own; all are numbers or letters.
  set -- ${stat##*) }
  echo "${20}"
}

# Written whole beside the lock: who asks while the lock is taken reads it.
describe() { # STATE
  printf '%s %s %s %s\n%s\n' "$token" "$$" "$own_start" "$1" "$description" >"$directory/holder.$$" 8>&- 9>&- &&
    mv "$directory/holder.$$" "$directory/holder" 8>&- 9>&-
}

# A harness whose lock was taken over does not get it back, however quickly it asks.
barred() {
  [ -e "$directory/barred" ] && grep -qxF "$token" "$directory/barred" 8>&- 9>&-
}

own_start=$(start_of $$) || exit 1
[ -z "$over" ] || printf '%s\n' "$over" >>"$directory/barred" || exit 1
deadline=$((SECONDS + patience))
waiting=
while true; do
  flock 8
  if ! barred && flock -n 9; then break; fi
  held_by='' pid='' start='' state='' holder='{}'
  { read -r held_by pid start state && IFS= read -r holder; } <"$directory/holder" 2>/dev/null
  current='' ours=''
  [ -n "$pid" ] && [ "$(start_of "$pid")" = "$start" ] && current=yes
  if [ "$held_by" = "$token" ]; then
    barred || ours=yes
  elif [ -n "$over" ] && [ "$held_by" = "$over" ]; then
    ours=yes
  fi
  if [ -n "$current" ] && [ -n "$ours" ]; then
    # Exactly that process: its number may have been given to another one since.
    kill -KILL "$pid"
    # Still in our turn, so that nobody who waits comes in between.
    if flock -w 5 9; then break; fi
  elif { [ -n "$current" ] && [ "$state" = held ] && [ "$held_by" != "$token" ]; } ||
    [ $SECONDS -ge $deadline ]; then
    printf 'busy %s %s\n' "${held_by:-unknown}" "$holder"
    exit 0
  elif [ -z "$waiting" ]; then
    waiting=yes
    printf 'waiting %s %s\n' "${held_by:-unknown}" "$holder"
  fi
  flock -u 8
  # Who does not wait any more must not get it.
  IFS= read -r -t 0.2 _ || [ $? -gt 128 ] || exit 1
done

describe held || exit 1
flock -u 8
echo held
while true; do
  IFS= read -r -t "$silence" line
  ended=$?
  if [ $ended -gt 128 ]; then
    # Nothing came for longer than a living harness is silent: its connection is half dead.
    break
  elif [ $ended -ne 0 ]; then
    # Killed, or only its connection is lost: a harness that lives comes first.
    describe orphaned
    sleep "$orphan" 8>&- 9>&-
    break
  fi
  case $line in
    beat) ;;
    release) break ;;
    *) description=$line && describe held ;;
  esac
done
rm -f "$directory/holder" 8>&- 9>&-
