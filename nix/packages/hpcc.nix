# The HPC Challenge benchmarks, of which HPL is run: the same version as Debian's.
{
  lib,
  stdenv,
  fetchurl,
  blas,
  gfortran,
  lapack,
  mpi,
}:
let
  # What hpl/Make.ARCH has to define; compiler and libraries are those that the wrapper of MPI finds.
  make = lib.generators.toKeyValue { } {
    SHELL = "${stdenv.shell}";
    CD = "cd";
    CP = "cp";
    LN_S = "ln -sf";
    MKDIR = "mkdir -p";
    RM = "rm -f";
    TOUCH = "touch";
    ARCH = "schedlab";
    TOPdir = "../../..";
    INCdir = "$(TOPdir)/include";
    BINdir = "$(TOPdir)/bin/$(ARCH)";
    LIBdir = "$(TOPdir)/lib/$(ARCH)";
    HPLlib = "$(LIBdir)/libhpl.a";
    HPL_DEFS = "-DHPL_CALL_CBLAS -I$(INCdir) -I$(INCdir)/$(ARCH)";
    LAlib = "-llapack -lcblas -lblas -lm";
    HPL_LIBS = "$(HPLlib) $(LAlib)";
    CC = "mpicc";
    # The sources are older than C23, which compilers now take for granted.
    CCFLAGS = "$(HPL_DEFS) -std=gnu17 -O3";
    CCNOOPT = "$(HPL_DEFS) -std=gnu17";
    LINKER = "mpicc";
    LINKFLAGS = "";
    ARCHIVER = "ar";
    ARFLAGS = "r";
    RANLIB = "ranlib";
  };
in
stdenv.mkDerivation {
  pname = "hpcc";
  version = "1.5.0";

  src = fetchurl {
    url = "https://hpcchallenge.org/projectsfiles/hpcc/download/hpcc-1.5.0.tar.gz";
    hash = "sha256-Cm/vernzNH5Un+1l67mCNP7qnuGK6gyPWbrvvjz3/7g=";
  };

  nativeBuildInputs = [ gfortran ];
  buildInputs = [
    blas
    lapack
    mpi
  ];

  inherit make;
  passAsFile = [ "make" ];

  # MPI 3 took these two names of MPI 1 away.
  postPatch = ''
    cp "$makePath" hpl/Make.schedlab
    sed -i -e 's/MPI_Address\b/MPI_Get_address/g' -e 's/MPI_Type_struct\b/MPI_Type_create_struct/g' \
      hpl/src/comm/*.c
  '';

  makeFlags = [ "arch=schedlab" ];

  installPhase = ''
    runHook preInstall
    install -D hpcc "$out/bin/hpcc"
    runHook postInstall
  '';
}
