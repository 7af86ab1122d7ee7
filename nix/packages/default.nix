# What the roles need and nixpkgs does not have, as an overlay below `schedlab`.
{ inputs }:
final: _:
let
  inherit (final.stdenv.hostPlatform) system;
  ours = {
    busybox = final.callPackage ./busybox.nix { };
    hpcc = final.callPackage ./hpcc.nix { };
    pause = final.callPackage ./pause.nix { };
    volcano = final.callPackage ./volcano.nix { source = inputs.volcano; };
    oci = final.callPackage ./oci.nix { inherit (ours) pause; };

    # The packages of the flake that the user names.
    flux =
      inputs.flux.packages.${system} or (throw ''
        The flux role needs a flake that packages Flux; nixpkgs has none. Name yours:
          nix build ./nix#flux-image --override-input flux FLAKE
        Its packages.${system} are flux-core, flux-security, flux-sched and flux-pmix (docs/nix.md).
      '');
  };
in
{
  schedlab = ours;
}
