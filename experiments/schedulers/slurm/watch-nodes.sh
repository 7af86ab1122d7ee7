# Prints how slurmctld sees its nodes and the jobs on them, now and whenever that has changed, until its
# standard input ends, each time with the time of this look and that of the one before, since when the change
# may have come. Arguments: seconds between two looks, and `once` for a single one.
pause=$1 once=${2:-}
look() {
  sinfo --noheader --Node --format='' --Format='NodeHost:64,StateComplete:160,CPUs:8' | sed 's/^/node /' || return
  squeue --noheader --states=running,suspended,completing,configuring,stopped,signaling,stage_out \
    --format='job %N' || return
}
set -o pipefail
before='' last=''
while :; do
  # A slurmctld that is being restarted has changed nothing; it answers when it is back, perhaps seconds
  # later, so that the time is the answer's.
  if seen=$(look 2>/dev/null); then
    now=$EPOCHREALTIME
    [ "$seen" = "$before" ] || printf '@ %s %s\n%s\n.\n' "$now" "${last:-$now}" "$seen"
    before=$seen last=$now
  fi
  [ -z "$once" ] || { [ -n "$before" ] && exit 0; exit 1; }
  # Ends at once when standard input does; over 128 is the end of the pause.
  read -r -t "$pause" _
  [ $? -gt 128 ] || exit 0
done
