# What is asked of slurmctld for a node that comes or goes. Arguments: the act, the node, for drain whether its
# jobs finish or are requeued, for requeue the jobs that were on the node, and for leave-native the node's state
# when it began to go. The acts -native are for nodes that power saving suspends and resumes.
act=$1 node=$2 jobs=${3:-} first=${3:-}
set -euo pipefail

state_of() { sinfo --noheader --Node --nodes="$node" --Format='StateComplete:160' | sed -n 1p | tr -d ' '; }
update() { scontrol update nodename="$node" "$@"; }
jobs_on_it() {
  squeue --noheader --nodelist="$node" --states=running,suspended,configuring --format=%i
}

# Nothing, where slurmctld does not know the job any more; fails when it does not answer.
state_of_job() {
  local answer
  if answer=$(squeue --noheader --states=all --jobs="$1" --format=%T 2>&1); then
    # Behind what it may have to say besides.
    echo "${answer##*$'\n'}"
  elif [[ $answer != *'Invalid job id'* ]]; then
    echo "$answer" >&2
    return 1
  fi
}

# A job that was put back by hand would wait for two minutes. One that runs has begun anew, or was never put back.
start_again() {
  local job state deadline=$((SECONDS + 30))
  for job; do
    while :; do
      state=$(state_of_job "$job")
      case $state in
        PENDING) scontrol update jobid="$job" StartTime=now && break ;;
        COMPLETING | REQUEUED) ;;
        *) break ;;
      esac
      if [ "$SECONDS" -ge "$deadline" ]; then
        echo "job $job is $state still, and could not be started again" >&2
        return 75
      fi
      sleep 0.2
    done
  done
}

case $act in
  state) state_of ;;
  join)
    state=$(state_of)
    case $state in
      *drain*) update state=undrain ;;
    esac
    # Its slurmd registers when it starts, so that it is not down any more.
    deadline=$((SECONDS + 3))
    state=$(state_of)
    while [[ $state = down* && $SECONDS -lt $deadline ]]; do
      sleep 0.1
      state=$(state_of)
    done
    echo "$state" ;;
  drain)
    update state=drain reason="schedlab: leaving"
    # They are known before any of them is put back, so that an act which is cut off can be repeated.
    [ "$jobs" != requeue ] || jobs_on_it ;;
  requeue)
    on_it=$(jobs_on_it)
    for job in $on_it; do
      # It may have ended meanwhile.
      scontrol requeue "$job" 2>/dev/null || true
    done
    start_again "${@:3}"
    left=$(jobs_on_it)
    if [ -n "$left" ]; then
      echo "not put back: ${left//$'\n'/ }" >&2
      exit 75
    fi ;;
  join-native)
    # Slurm takes a node back that it has wanted to have resumed, and one that it has set down for being late;
    # one that it is suspending it does not hear of.
    deadline=$((SECONDS + 30))
    state=$(state_of)
    while [[ $state = *powering_down* && $SECONDS -lt $deadline ]]; do
      sleep 0.2
      state=$(state_of)
    done
    case $state in
      *powering_up*) ;;
      *power* | *down*) update state=power_up ;;
    esac
    state=$(state_of)
    case $state in
      *drain*) update state=undrain ;;
    esac ;;
  leave-native)
    state=$(state_of)
    case $state in
      *powering_down* | *powered_down*) ;;
      # It took longer than slurmctld waits, which has come to want it back and may have a job for it. But one
      # that was being resumed to begin with has failed to come.
      *powering_up*)
        [[ $first != *powering_up* ]] ||
          update state=power_down_force reason="schedlab: away" ;;
      *) update state=power_down_force reason="schedlab: away" ;;
    esac ;;
  leave)
    # A late answer of its slurmd could bring it back from down, but no job begins on it as long as it is
    # to drain, too.
    update state=drain reason="schedlab: away"
    update state=down reason="schedlab: away" ;;
  *) echo "unknown act $act" >&2; exit 64 ;;
esac
