# One lane of a user: runs on the controller as that user for as long as its stdin is open. Arguments:
# the run's directory, and the lane's number. One submission a line (key, blank, script with its newlines
# escaped), one answer a line. No process but sbatch is started for a job: the script reaches it as a
# here-string.
#
# A submission is handed to sbatch by whoever makes the file claims/KEY, once: a line that comes late or
# twice, over whatever connection, finds it made. The file then holds the time of the call and, once it
# is there, the answer: it outlives the connection.
directory=$1 lane=$2
stat_fields() {
  local stat
  read -r stat <"/proc/$1/stat" && read -r -a fields <<<"${stat##*) }"
}
# What ends the lane ends its process group, and with it an sbatch that is waiting for its answer. The
# start of the group's first process tells it from a later group of the same number.
stat_fields $$ || exit 1
group=${fields[2]}
stat_fields "$group" || exit 1
set -C
printf '%s %s\n' "$group" "${fields[19]}" >"$directory/lanes/$lane" || exit 1
while IFS= read -r line; do
  key=${line%% *}
  claim=$directory/claims/$key
  if ! { printf '%s\n' "$EPOCHREALTIME" >"$claim"; } 2>/dev/null; then
    printf '%s claimed\n' "$key"
    continue
  fi
  printf -v script %b "${line#* }"
  before=$EPOCHREALTIME
  answer=$(sbatch --parsable 2>&1 <<<"$script")
  code=$?
  printf -v answer '%s %s %s %s' "$before" "$EPOCHREALTIME" "$code" "${answer//$'\n'/; }"
  printf '%s\n' "$answer" >>"$claim"
  printf '%s %s\n' "$key" "$answer"
done
