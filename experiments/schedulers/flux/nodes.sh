# Prints Flux's version, then `up NAME` for each node that can take jobs, then `drained NAME REASON`.
# Argument: none. Flux's commands want a home directory and must not wait for input.
export HOME=/root
flux_says() { timeout 30 flux "$@" </dev/null; }
set -o pipefail
flux_says version | sed -n 's/^commands:[[:space:]]*//p' || exit 1
# `flux resource list` looks at every combination of the nodes' properties: too many with some pools.
flux_says python -c '
import flux
import flux.resource

for name in flux.resource.resource_list(flux.Flux()).get().up.nodelist:
    print("up", name)'
flux_says resource drain -n -o '{nodelist} {reason}' | while read -r list reason; do
  flux_says hostlist -e -d '\n' "$list" | while read -r node; do echo "drained $node $reason"; done
done
