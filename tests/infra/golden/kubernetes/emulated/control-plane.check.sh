set -euo pipefail
systemctl is-active -q etcd kube-apiserver kube-controller-manager
kubectl --kubeconfig /etc/kubernetes/admin.conf get --raw /readyz >/dev/null
sha256sum -c --quiet <<'SCHEDLAB_END_OF_FILE'
ce3f7f1c4e9ea669a35109c362175d1922485e7790db4c90345d1c33a1afbb42  /etc/kubernetes/schedlab/kubeadm.yaml
e77ea7555991d865ba8b753809891c31213aa57dfa67495660d9dd2e046b57ad  /etc/kubernetes/schedlab/accelerator-role.yaml
9a22c96a00c01e2067f49894cf8824a854dff7ec16592380677b706d0cc32318  /usr/local/lib/schedlab/pod-routes
60502d9dbf4916fcb07bc8852aa102c90e78f13aff56fd90f9a7c266be7635b0  /etc/systemd/system/schedlab-pod-routes.service
f7e31f1dd5d286c34e55e31faf9f44b949f0ae6cc5ce6dea72cfb2c2ece84a25  /etc/systemd/system/etcd.service
b431a16ff24da9290ab2de3b05155408a83ec69f98a78dda5136ad5964e0379f  /etc/systemd/system/kube-apiserver.service
dcc32704ff5995a9ff89531cad185c0222953ff6054965d40464f6e12d67c594  /etc/systemd/system/kube-controller-manager.service
SCHEDLAB_END_OF_FILE
[ -d /home/user03 ] && id -u user03 >/dev/null
