# Says what became of submissions whose answers were lost. Arguments: the run's directory, and `end`, or
# `leave` to leave calls alone that have begun. stdin: a key and its lane's number a line. stdout: a line
# for each key: `KEY revoked` (it never reached the scheduler and never will), `KEY ANSWER` as the submitter
# prints it, or `KEY called TIME` (the time may be missing): the scheduler was called and its answer is not known.
directory=$1 mode=$2
set -C
claimed=() called='' answer=''
declare -A lanes=()
while read -r key lane; do
  claim=$directory/claims/$key
  if { echo revoked >"$claim"; } 2>/dev/null; then
    echo "$key revoked"
  elif [ -f "$claim" ]; then
    claimed+=("$key")
    read_claim "$claim"
    if [ "$called" != revoked ] && [ -z "$answer" ]; then lanes[$lane]=1; fi
  else
    echo "no claim can be made in $directory/claims" >&2
    exit 1
  fi
done
if [ "$mode" = end ]; then
  for lane in "${!lanes[@]}"; do end_lane "$directory/lanes/$lane" || exit 1; done
fi
for key in "${claimed[@]}"; do
  read_claim "$directory/claims/$key"
  if [ "$called" = revoked ]; then echo "$key revoked"
  elif [ -n "$answer" ]; then echo "$key $answer"
  else echo "$key called $called"; fi
done
