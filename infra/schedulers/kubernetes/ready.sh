# What the step that waits for Kubernetes' nodes looks at. Arguments: the seconds to wait, the resource of
# accelerators as jsonpath writes it. `expected` prints what the API server should have, sorted.
seconds="$1"
columns="{range .items[*]}{.metadata.name} {.status.conditions[?(@.type==\"Ready\")].status} {.status.allocatable.cpu} {.status.allocatable.$2}{\"\\n\"}{end}"
found() { kubectl get nodes -o jsonpath="$columns" | sed 's/ *$//' | sort; }
missing() { comm -23 <(expected) <(found); }
complain() {
  echo "after $seconds s these nodes are not as they should be (name, ready, cores, accelerators):"
  echo "$1"
  echo "the API server has:"
  found
}
