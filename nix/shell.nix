# What working on schedlab takes: npm ci, npm run lint, a cluster of containers or of emulated machines.
{ pkgs }:
pkgs.mkShell {
  packages = [
    pkgs.colmena
    pkgs.deadnix
    pkgs.duckdb
    pkgs.go
    pkgs.libvirt
    pkgs.nixfmt
    pkgs.nodejs_22
    pkgs.pulumi
    pkgs.pulumiPackages.pulumi-nodejs
    pkgs.qemu
    pkgs.shellcheck
    pkgs.statix
  ];
}
