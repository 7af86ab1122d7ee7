set -euo pipefail
sha256sum -c --quiet <<'SCHEDLAB_END_OF_FILE'
b9058b9a726407505d9361b4c58183afcb66cb8bfb15394d93dc0cb205ca8781  /etc/kubernetes/schedlab/switches.yaml
SCHEDLAB_END_OF_FILE
export KUBECONFIG=/etc/kubernetes/admin.conf
[ "$(kubectl get hypernodes -l schedlab.local/switches=caa6c38ba10c -o name | wc -l)" = 5 ]
