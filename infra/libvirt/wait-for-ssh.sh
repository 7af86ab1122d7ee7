# Ends well when the node's port 22 sends an SSH greeting, and fails at the deadline with what explains
# that. Arguments: the node's name, its address, seconds to wait, and a command that explains.
set -eu
name=$1 address=$2 seconds=$3 explain=$4
greets() {
  # shellcheck disable=SC2016 # The inner shell expands them.
  timeout 5 bash -c 'exec 3<>"/dev/tcp/$1/22"; IFS= read -r -t 4 line <&3; case $line in SSH-*) ;; *) exit 1;; esac' greets "$address" 2>/dev/null
}
deadline=$(($(date +%s) + seconds))
until greets; do
  if [ "$(date +%s)" -ge "$deadline" ]; then
    echo "$name ($address) did not answer SSH within $seconds s." >&2
    bash -c "$explain" >&2 || true
    exit 1
  fi
  sleep 0.5
done
echo "$name answers"
