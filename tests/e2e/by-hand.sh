# Jobs that a user hands in without schedlab: an array with a limit, one with GPUs, one that fails, one that is
# cancelled, and one that goes back to the queue while it runs. Ends when all of them have ended.
set -euo pipefail
cd /
as() { runuser -u "$1" -- env HOME=/tmp "${@:2}"; }
batch() { as "$1" sbatch --parsable --output=/dev/null --ntasks=1 --time=2 "${@:2}"; }
until_running() {
  local deadline=$((SECONDS + 60))
  until [ "$(squeue -h -j "$1" -o %T)" = RUNNING ]; do
    [ "$SECONDS" -lt "$deadline" ] || {
      echo "job $1 does not run" >&2
      exit 1
    }
    sleep 0.2
  done
}

batch user01 --job-name=array --array=1-4%2 --mem-per-cpu=50M --wrap 'sleep 2' >/dev/null
batch user02 --job-name=gpus --gpus=a100:1 --wrap 'sleep 2' >/dev/null
batch user02 --job-name='comma, name' --wrap 'exit 3' >/dev/null
cancelled="$(batch user01 --job-name=cancelled --wrap 'sleep 100')"
until_running "$cancelled"
scancel "$cancelled"
requeued="$(batch user02 --job-name=requeued --requeue --wrap 'sleep 2')"
until_running "$requeued"
scontrol requeue "$requeued"
deadline=$((SECONDS + 150))
while [ -n "$(squeue -h)" ]; do
  # Slurm would hold it back for two minutes. It takes no notice until the job's first attempt is cleared away.
  scontrol update jobid="$requeued" starttime=now 2>/dev/null || true
  [ "$SECONDS" -lt "$deadline" ] || {
    squeue >&2
    exit 1
  }
  sleep 0.5
done
