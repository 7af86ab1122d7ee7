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

    # From the flake that the user names.
    flux =
      inputs.flux.packages.${system}.flux or (throw ''
        The flux role needs a flake that packages Flux, which nixpkgs does not. Name yours:
          nix build ./nix#flux-image --override-input flux FLAKE
        Its packages.${system}.flux is a tree with usr/ and etc/; docs/nix.md says what is in it.
      '');
  };
in
{
  schedlab = ours;
}
