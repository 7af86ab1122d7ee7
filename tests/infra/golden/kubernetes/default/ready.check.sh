set -euo pipefail
export KUBECONFIG=/etc/kubernetes/admin.conf
expected() {
cat <<'SCHEDLAB_END_OF_FILE'
node01 True 2
node02 True 2
SCHEDLAB_END_OF_FILE
}
found() { kubectl get nodes -o jsonpath='{range .items[*]}{.metadata.name} {.status.conditions[?(@.type=="Ready")].status} {.status.allocatable.cpu} {.status.allocatable.schedlab\.local/gpu}{"\n"}{end}' | sed 's/ *$//' | sort; }
missing() { comm -23 <(expected) <(found); }
waiting="$(missing)"
[ -z "$waiting" ] || { echo "$waiting" >&2; exit 1; }
