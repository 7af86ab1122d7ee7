#!/bin/bash
# The job wrapper: notes start and end with the node's own clock, whatever the scheduler says. Each
# event is one write to a file opened for appending, so that lines of several jobs cannot mix. The
# body runs in the background because bash sees a signal only between commands: a job that is
# cancelled or over its limit still writes its end, with exit code 128 + signal. It lies in the run's
# directory, and is called by its whole path.
job=$1 scheduler_job=$2 nodes=$3 cores=$4 node_cores=$5
shift 5
everywhere=$1 kind=$2 argument=$3
directory=${0%/*}

# EPOCHREALTIME has microseconds, with the locale's decimal mark: without it they are an integer.
note() {
  printf '{"job":%d,"schedulerJob":"%s","event":"%s","us":%s,"nodes":"%s","nodeCores":"%s","exitCode":%s}\n' \
    "$job" "$scheduler_job" "$1" "${EPOCHREALTIME/[.,]/}" "$nodes" "$node_cores" "$2" >>"$directory/events.jsonl"
}

bodies=()
finish() {
  trap '' TERM INT HUP ALRM
  note end "$1"
  kill -TERM "${bodies[@]}" 2>/dev/null
  exit "$1"
}

# A scheduler that suspends a job sends TSTP and then stops it for certain; CONT ends the suspension.
signalled=
trap 'signalled=1; note suspend null' TSTP
trap 'signalled=1; note resume null' CONT
trap 'finish 143' TERM
trap 'finish 130' INT
trap 'finish 129' HUP
# Flux's word for the end of a job's time.
trap 'finish 142' ALRM

note start null
started=${EPOCHREALTIME/[.,]/}

microseconds() {
  local whole=${1%%.*} part=
  [[ $1 == *.* ]] && part=${1#*.}
  part=${part}000000
  echo $((10#${whole:-0} * 1000000 + 10#${part:0:6}))
}

case $kind in
  sleep) sleep "$argument" & bodies+=($!) ;;
  spin)
    until=$((started + $(microseconds "$argument")))
    spin="while ((\${EPOCHREALTIME/[.,]/} < $until)); do :; done"
    # Alone on one node the cores need no launcher, whose own start would count as the job's.
    case $nodes in *[][,]*) ;; *) everywhere= ;; esac
    if [ -n "$everywhere" ]; then
      $everywhere /bin/bash -c "$spin" & bodies+=($!)
    else
      for ((core = 0; core < cores; core++)); do /bin/bash -c "$spin" & bodies+=($!); done
    fi ;;
  command) /bin/bash -c "$argument" & bodies+=($!) ;;
  mpi)
    launcher=$3 program=$4 pattern=$5
    shift 5
    scratch=$directory/out/$job.mpi
    result=$directory/out/$job.result
    # A job that was preempted may have left these.
    rm -rf "$scratch" "$result"
    mkdir "$scratch" || finish 73
    while (($# > 1)); do
      printf %s "$2" >"$scratch/$1"
      shift 2
    done
    # Only the first node has the directory yet. Cores may be shared: who waits gives way.
    # shellcheck disable=SC2016 # Each rank's own shell expands them.
    rank='mkdir -p "$0" && cd "$0" && export TMPDIR=$0 &&
      export OMPI_MCA_mpi_yield_when_idle=1 OMPI_MCA_btl_tcp_if_include=eth0 && exec "$1"'
    $launcher /bin/bash -c "$rank" "$scratch" "$program" & bodies+=($!) ;;
  *) echo "unknown body $kind" >&2; finish 64 ;;
esac
code=0
for body in "${bodies[@]}"; do
  # A signal with a trap ends the waiting, not the body.
  while signalled=; do
    wait "$body"
    ended=$?
    [ -n "$signalled" ] || break
  done
  [ "$ended" = 0 ] || code=$ended
done
# Before the end is noted: who sees it finds the result.
# shellcheck disable=SC2086 # The name of the result may be a pattern.
[ "$kind" != mpi ] || { cat "$scratch"/$pattern >"$result.part" && mv "$result.part" "$result"; } 2>/dev/null
finish "$code"
