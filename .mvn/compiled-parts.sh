#!/bin/sh
# compiled-parts.sh TARGET SKIP_NVCC SKIP_NATIVE: builds what needs nvcc or a C++ compiler, before the tests run.
# A missing tool is no error: one line on stderr says what the build then lacks.
set -eu
target=$1
skip_nvcc=$2
skip_native=$3

left_out() {
    echo "left out: $1" >&2
}

has() {
    command -v "$1" >/dev/null 2>&1
}

if [ "$skip_native" = true ]; then
    left_out "emulated driver and forwarders (-Dnative.skip)"
elif [ "$(uname -s)" != Linux ]; then
    left_out "emulated driver and forwarders (Linux only; this is $(uname -s))"
elif ! has g++ && ! has c++; then
    left_out "emulated driver and forwarders (no g++ or c++ on the PATH)"
elif [ ! -f native/build.sh ]; then
    left_out "emulated driver and forwarders (no native/build.sh)"
else
    sh native/build.sh "$target/native"
fi

if [ "$skip_nvcc" = true ]; then
    left_out "fat binaries of the kernels (-Dnvcc.skip); NVRTC compiles them at first use"
elif ! has nvcc; then
    left_out "fat binaries of the kernels (no nvcc on the PATH); NVRTC compiles them at first use"
else
    sh cuda/compile.sh "$target"
fi
