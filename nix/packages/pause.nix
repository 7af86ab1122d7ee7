# The one program of the image that holds a pod's namespaces.
{ buildGoModule }:
buildGoModule {
  pname = "pause";
  version = "1";
  src = ../../toolchain/go/pause;
  vendorHash = null;
  env.CGO_ENABLED = 0;
}
