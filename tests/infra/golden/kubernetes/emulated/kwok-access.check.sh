set -euo pipefail
[ -s /etc/kubernetes/schedlab/kwok.conf ]
sha256sum -c --quiet <<'SCHEDLAB_END_OF_FILE'
071b3ac32206d58e6189071befcc5b842100a98873cf33dad6f321e045e50083  /etc/kubernetes/schedlab/kwok-role.yaml
SCHEDLAB_END_OF_FILE
