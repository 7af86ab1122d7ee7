# Volcano's daemons from the sources that toolchain/ pins, with its patch, and the custom resource
# definitions of the same version, which no Go package holds.
{ buildGoModule, source }:
buildGoModule {
  pname = "volcano";
  version = "1.15.0";
  src = ../../toolchain/go/volcano;
  # Of what `go mod vendor` makes of toolchain/go/volcano; a change of its go.sum changes it.
  vendorHash = "sha256-ZFY/ggFo2+EwlAfbKkMdN375lZxyl+GDk3cI5QYMvek=";
  env.CGO_ENABLED = 0;
  doCheck = false;

  buildPhase = ''
    runHook preBuild
    chmod -R u+w vendor
    cp -r patch/. vendor/volcano.sh/apis/
    for command in scheduler controller-manager webhook-manager; do
      go build -mod=vendor -trimpath \
        -ldflags "-s -w -X volcano.sh/volcano/pkg/version.Version=v$version" \
        -o "vc-$command" "volcano.sh/volcano/cmd/$command"
    done
    runHook postBuild
  '';

  installPhase = ''
    runHook preInstall
    install -D -t "$out/bin" vc-*
    install -D -m 0644 -t "$out/share/volcano/crd" \
      ${source}/config/crd/volcano/bases/*.yaml ${source}/config/crd/jobflow/bases/*.yaml
    runHook postInstall
  '';
}
