# Functions of the steps that wait for a whole cluster. Each such step has a function `missing`, which
# prints what is not ready yet, and nothing when all is; it may have a `remedy`, which is tried before each
# further look.

# Waits until nothing is missing; otherwise calls `complain` with what is. Arguments: seconds, and the
# seconds between two looks.
await_readiness() {
  local deadline=$((SECONDS + $1)) pause="$2" waiting
  until waiting="$(missing)" && [ -z "$waiting" ]; do
    if [ "$SECONDS" -ge "$deadline" ]; then
      complain "$waiting" >&2
      exit 1
    fi
    if declare -F remedy >/dev/null; then remedy; fi
    sleep "$pause"
  done
}
# Fails while something is missing, and says what.
check_readiness() {
  local waiting
  waiting="$(missing)"
  [ -z "$waiting" ] || {
    echo "$waiting" >&2
    exit 1
  }
}
