{
  description = "Stands for the flake that packages Flux, which the user names with --override-input flux";

  outputs = _: { packages = { }; };
}
