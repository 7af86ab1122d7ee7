set -euo pipefail
version="$(sed -n 's/^vc-scheduler //p' /usr/share/schedlab/versions)"
[ "$version" = 1.15.0 ] || {
  echo "the image holds Volcano $version, scheduler.policy.volcanoVersion is 1.15.0" >&2
  exit 1
}
systemctl is-active -q vc-webhook-manager vc-scheduler vc-controller-manager
sha256sum -c --quiet <<'SCHEDLAB_END_OF_FILE'
dc6ddae5d0c457bb6403df5060d1045f1c5d24c004ebe06b5467d485220c940e  /etc/kubernetes/schedlab/objects.yaml
aa864b9a5205908704c0b5381d0cb87ec2e1e0f53ef98364ff79ebbfc79990d5  /etc/kubernetes/schedlab/webhooks.yaml
eeef37595270eac79518b731fa5da251d828c7d8e1fe3be1de2982ed047ad083  /etc/kubernetes/schedlab/volcano-scheduler.yaml
01082a251220c9775d0d86881d2156a83ac4bea3274fe171f635befee443e80f  /etc/systemd/system/vc-webhook-manager.service
47b19c9ad6b2ca56568335d7f4f2df0c6c2299707eba9e0f0af2c86be29e7b96  /etc/systemd/system/vc-scheduler.service
1fcd9268c9e2abade3caf854b37a5c6d6f1f01fab7e134f99c4a64a8b6b740c5  /etc/systemd/system/vc-controller-manager.service
SCHEDLAB_END_OF_FILE
export KUBECONFIG=/etc/kubernetes/admin.conf
kubectl get queue workload >/dev/null
