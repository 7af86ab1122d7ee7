{
  description = "Images of schedlab's nodes, one module a role, under docs/image-contract.md";

  # No lock is committed, so every input names a revision; docs/nix.md says how to lock them.
  inputs = {
    # nixos-26.05 of 2026-09-25
    nixpkgs.url = "github:NixOS/nixpkgs/f5c082a40f7571c266e74e80ae2e68aadd8a9fc7";
    # Flux is in no nixpkgs: a flake of the user's takes this one's place (docs/nix.md).
    flux.url = "path:./flux";
    # v1.15.0; only its custom resource definitions, the programs come from toolchain/go/volcano
    volcano = {
      url = "github:volcano-sh/volcano/8fc394c11e8db0d0ada5c17816b58bced9d7213d";
      flake = false;
    };
    # The evaluator of hives
    colmena = {
      url = "github:zhaofengli/colmena/5bf4ce6a24adba74a5184f4a9bef01d545a09473";
      flake = false;
    };
  };

  outputs =
    inputs@{ self, nixpkgs, ... }:
    let
      inherit (nixpkgs) lib;
      # The only one: machines boot a disk made for it, and the contract's containers share its kernel.
      system = "x86_64-linux";
      pkgs = import nixpkgs {
        inherit system;
        overlays = [ self.overlays.default ];
      };

      roles = {
        base = ./roles/base.nix;
        slurm = ./roles/slurm.nix;
        kubernetes = ./roles/kubernetes.nix;
        flux = ./roles/flux.nix;
      };

      # What every node runs, wherever it is evaluated: as an image, in a hive, in a test.
      withPackages = role: {
        imports = [ role ];
        nixpkgs.overlays = [ self.overlays.default ];
      };
      node = role: {
        imports = [
          (withPackages role)
          ./formats/node.nix
        ];
      };

      configuration =
        role:
        lib.nixosSystem {
          inherit system;
          modules = [ (node role) ];
        };

      image =
        name: configuration:
        import ./formats/image.nix {
          inherit lib pkgs name;
          inherit (configuration) config;
          # Not this repository's, of which each commit would make another image.
          createdAt = nixpkgs.lastModifiedDate or "19700101000000";
        };

      hive = import ./hive.nix {
        inherit lib node roles;
        nixpkgs = pkgs;
      };
    in
    {
      overlays.default = import ./packages { inherit inputs; };

      nixosModules = lib.mapAttrs (_: withPackages) roles;
      nixosConfigurations = lib.mapAttrs (_: configuration) roles;

      packages.${system} =
        lib.mapAttrs' (
          name: configuration: lib.nameValuePair "${name}-image" (image name configuration)
        ) self.nixosConfigurations
        // lib.mapAttrs' (
          name: role:
          lib.nameValuePair "${name}-qcow2" (
            import ./formats/qcow2.nix {
              inherit nixpkgs system;
              role = withPackages role;
            }
          )
        ) roles;

      # `colmena` is what its releases before 0.5 read.
      colmena = hive;
      colmenaHive = import "${inputs.colmena}/src/nix/hive/eval.nix" {
        rawHive = hive;
        hermetic = true;
      };

      checks.${system} = import ./checks {
        inherit lib pkgs;
        roles = lib.mapAttrs (_: withPackages) roles;
      };

      devShells.${system}.default = import ./shell.nix { inherit pkgs; };
      formatter.${system} = pkgs.nixfmt-tree;
    };
}
