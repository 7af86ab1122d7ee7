set -euo pipefail
# configuration eeef37595270
export KUBECONFIG=/etc/kubernetes/admin.conf
expected() {
cat <<'SCHEDLAB_END_OF_FILE'
node01 True 2
node02 True 2
SCHEDLAB_END_OF_FILE
}
found() { kubectl get nodes -o jsonpath='{range .items[*]}{.metadata.name} {.status.conditions[?(@.type=="Ready")].status} {.status.allocatable.cpu} {.status.allocatable.schedlab\.local/gpu}{"\n"}{end}' | sed 's/ *$//' | sort; }
missing() { comm -23 <(expected) <(found); }
deadline=$((SECONDS + 120))
until waiting="$(missing)" && [ -z "$waiting" ]; do
  if [ "$SECONDS" -ge "$deadline" ]; then
    {
      echo "after 120 s these nodes are not as they should be (name, ready, cores, accelerators):"
      echo "$waiting"
      echo "the API server has:"
      found
    } >&2
    exit 1
  fi
  sleep 0.3
done
