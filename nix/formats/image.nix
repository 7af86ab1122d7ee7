# A directory with exactly the artefacts of docs/image-contract.md.
{
  lib,
  pkgs,
  name,
  config,
  # Date of nixpkgs, as flakes write it: 20260925143000
  createdAt,
}:
let
  kernel = import ./kernel.nix { inherit lib pkgs; };
  accounts = import ./accounts.nix {
    inherit lib;
    inherit (config) users;
  };
  closure = pkgs.closureInfo {
    rootPaths = [
      config.system.build.toplevel
      kernel.modules
    ];
  };

  part = builtins.substring;
  manifest = {
    role = name;
    # The store path's hash is the key of an image from here.
    key = "";
    suite = "nixos-${lib.trivial.release}";
    packages = lib.listToAttrs (
      map (package: lib.nameValuePair package.pname or package.name (lib.getVersion package)) (
        lib.filter (package: lib.getVersion package != "") config.environment.systemPackages
      )
    );
    kernelRelease = kernel.release;
    kernelArguments = kernel.arguments;
    createdAt = "${part 0 4 createdAt}-${part 4 2 createdAt}-${part 6 2 createdAt}T${part 8 2 createdAt}:${part 10 2 createdAt}:${part 12 2 createdAt}.000Z";
  };
in
pkgs.runCommand "${name}-image"
  {
    nativeBuildInputs = [
      pkgs.e2fsprogs
      pkgs.fakeroot
      pkgs.nix
      pkgs.qemu-utils
      pkgs.sqlite
    ];
    # The tree holds its own copy of the store. Structured attributes are what this needs.
    __structuredAttrs = true;
    unsafeDiscardReferences.out = true;

    passthru = { inherit accounts manifest; };
    files = {
      inherit (accounts)
        passwd
        group
        shadow
        gshadow
        ;
    };
    manifestText = "${builtins.toJSON manifest}\n";
  }
  ''
    mkdir "$NIX_BUILD_TOP/accounts" "$out"
    for file in "''${!files[@]}"; do printf %s "''${files[$file]}" >"$NIX_BUILD_TOP/accounts/$file"; done
    printf %s "$manifestText" >"$out/manifest.json"
    cp ${kernel.image} "$out/vmlinuz"
    cp ${kernel.initrd} "$out/initrd.img"

    export closure=${closure} system=${config.system.build.toplevel} etc=${config.system.build.etc}/etc
    export accounts="$NIX_BUILD_TOP/accounts" release=${kernel.release} modules=${kernel.modules}
    export root="$NIX_BUILD_TOP/root" raw="$NIX_BUILD_TOP/disk.raw"
    export place_units="sh ${../contract/place-units.sh} ${config.schedlab.unitDirectory}"
    export place_links="${config.schedlab.placeLinks}"
    fakeroot sh ${./image.sh}
    qemu-img convert -O qcow2 "$raw" "$out/disk.qcow2"
    mv "$root" "$out/root"
  ''
