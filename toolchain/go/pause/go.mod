module schedlab/toolchain/pause

go 1.25.11
