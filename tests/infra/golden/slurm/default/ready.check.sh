set -euo pipefail
not_ready() {
  sinfo -h -N -n node01,node02 -o '%N %T' | sort -u | { grep -Ev ' (idle|mixed|allocated|completing)$' || true; }
}
waiting="$(not_ready)"
[ -z "$waiting" ] || { echo "$waiting" >&2; exit 1; }
