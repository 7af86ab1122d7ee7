# Functions of the step of the control plane.

# The cluster's configuration with the version of the kubeadm that the image has. Arguments: the
# configuration, the mark that stands for the version.
set_version() {
  mkdir -p /run/schedlab
  sed "s/$2/$(kubeadm version -o short)/" "$1" >/run/schedlab/kubeadm.yaml
}
# One phase of kubeadm's. Arguments: its name, and options.
phase() { kubeadm init phase "$@" --config /run/schedlab/kubeadm.yaml >/dev/null; }
# The API server answers, also before anybody has rights.
answers() { kubectl --kubeconfig /etc/kubernetes/super-admin.conf get --raw /readyz; }
# Writes what a node needs to join, once: the bootstrap token and the hash of the authority's key, a line
# each. The token does not expire: a node may be added, or made anew, at any time of the stack's life.
# Argument: the file.
make_join_parameters() {
  local problems=/run/schedlab/token.log command joining
  [ ! -s "$1" ] || return 0
  phase bootstrap-token --skip-token-print
  command="$(kubeadm token create --ttl 0 --print-join-command 2>"$problems")" || {
    cat "$problems" >&2
    exit 1
  }
  read -r -a joining <<<"$command"
  (umask 077 && printf '%s\n' "${joining[4]}" "${joining[6]}" >"$1.new")
  mv "$1.new" "$1"
}
