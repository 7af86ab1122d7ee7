# Prints Flux's version, then `up NAME` for each node that can take jobs, then `drained NAME REASON`.
# Argument: none. Flux's commands want a home directory and must not wait for input.
export HOME=/root
flux_says() { timeout 30 flux "$@" </dev/null; }
set -o pipefail
flux_says version | sed -n 's/^commands:[[:space:]]*//p' || exit 1
flux_says resource list -n -s free,allocated -o '{nodelist}' | xargs -r flux hostlist -e -d '\n' | sed 's/^/up /'
flux_says resource drain -n -o '{nodelist} {reason}' | while read -r list reason; do
  flux_says hostlist -e -d '\n' "$list" | while read -r node; do echo "drained $node $reason"; done
done
