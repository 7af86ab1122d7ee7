# What the step that waits for emulated nodes looks at: a line of text for each node, because whole nodes by the
# thousand would keep the API server and this script from everything else. Arguments: the seconds to wait, the
# nodes' label. `wanted_nodes` prints the nodes.
seconds="$1" label="$2"
found() { kubectl get nodes -l "$label" --no-headers 2>/dev/null | awk '$2 == "Ready" { print $1 }' | sort; }
missing() { comm -23 <(wanted_nodes | cut -d ' ' -f 1 | sort) <(found); }
complain() {
  echo "after $seconds s $(wc -l <<<"$1") of the emulated nodes are not ready, the first of them:"
  head -n 5 <<<"$1"
  echo "see journalctl --unit kwok on their domain"
}
