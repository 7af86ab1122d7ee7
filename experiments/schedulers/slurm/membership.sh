# What is asked of slurmctld for a node that comes or goes. Arguments: the act, the node, for those that
# drain whether its jobs finish or are requeued, and for leave-native the node's state when it began to go.
# The acts -native are for nodes that power saving suspends and resumes.
act=$1 node=$2 jobs=${3:-} first=${3:-}
set -euo pipefail

state_of() { sinfo --noheader --Node --nodes="$node" --Format='StateComplete:160' | head -n 1 | tr -d ' '; }
update() { scontrol update nodename="$node" "$@"; }

# A job that was put back by hand would wait for two minutes.
start_again() {
  local job deadline=$((SECONDS + 30))
  for job; do
    while [ "$SECONDS" -lt "$deadline" ]; do
      case $(squeue --noheader --states=all --jobs="$job" --format=%T 2>/dev/null || true) in
        PENDING)
          scontrol update jobid="$job" StartTime=now || true
          break ;;
        COMPLETING | RUNNING | REQUEUED | SUSPENDED) sleep 0.2 ;;
        *) break ;;
      esac
    done
  done
}

case $act in
  state) state_of ;;
  join)
    case $(state_of) in
      *drain*) update state=undrain ;;
    esac
    # Its slurmd registers when it starts, so that it is not down any more.
    deadline=$((SECONDS + 3))
    while state=$(state_of) && [[ $state = down* && $SECONDS -lt $deadline ]]; do sleep 0.1; done
    echo "$state" ;;
  drain)
    update state=drain reason="schedlab: leaving"
    [ "$jobs" = requeue ] || exit 0
    on_it=$(squeue --noheader --nodelist="$node" --states=running,suspended,configuring --format=%i)
    [ -n "$on_it" ] || exit 0
    for job in $on_it; do
      # It may have ended meanwhile.
      scontrol requeue "$job" 2>/dev/null || true
    done
    # shellcheck disable=SC2086 # Each number is a word of its own.
    start_again $on_it ;;
  join-native)
    # Slurm takes a node back that it has wanted to have resumed, and one that it has set down for being late;
    # one that it is suspending it does not hear of.
    deadline=$((SECONDS + 30))
    while [[ $(state_of) = *powering_down* && $SECONDS -lt $deadline ]]; do sleep 0.2; done
    case $(state_of) in
      *powering_up*) ;;
      *power* | *down*) update state=power_up ;;
    esac
    case $(state_of) in
      *drain*) update state=undrain ;;
    esac ;;
  leave-native)
    case $(state_of) in
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
