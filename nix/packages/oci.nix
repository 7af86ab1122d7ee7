# The container images that a Kubernetes node brings along, as OCI archives with their checksums.
{
  runCommand,
  jq,
  pause,
}:
runCommand "schedlab-oci" { nativeBuildInputs = [ jq ]; } ''
  mkdir -p "$out" pause job
  cp ${pause}/bin/pause pause/pause

  # As images/roles/kubernetes.ts has it, and a way to the store: a pod mounts the node's /usr, below
  # which the node shows its store.
  (cd job
    mkdir -p dev etc home opt proc run sys usr var/lib var/spool/schedlab var/tmp tmp root
    chmod 0700 root
    chmod 1777 tmp var/tmp
    for name in bin lib lib64 nix sbin; do ln -s "usr/$name" "$name"; done)

  sh ${./oci.sh} pause schedlab.local/pause:1 '["/pause"]' '[]' "$out/pause.tar"
  sh ${./oci.sh} job schedlab.local/job:1 '[]' \
    '["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]' "$out/job.tar"
  cd "$out"
  sha256sum job.tar pause.tar >SHA256SUMS
''
