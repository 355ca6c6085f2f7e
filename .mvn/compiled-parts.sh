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

if [ "$skip_native" = true ]; then
    left_out "emulated driver and forwarders (-Dnative.skip)"
elif [ "$(uname -s)" != Linux ]; then
    left_out "emulated driver and forwarders (Linux only; this is $(uname -s))"
else
    sh native/build.sh "$target/native"
fi

# The forwarders let a machine with CUDA 13 libraries serve JCuda 12; they travel in the jar.
if [ -d "$target/native/forwarder" ] && [ "$skip_native" != true ]; then
    mkdir -p "$target/classes/native/linux-x86_64"
    find "$target/native/forwarder" -name '*.so.*' -exec cp -p {} "$target/classes/native/linux-x86_64/" \;
fi

if [ "$skip_nvcc" = true ]; then
    left_out "fat binaries of the kernels (-Dnvcc.skip); NVRTC compiles them at first use"
elif ! command -v nvcc >/dev/null 2>&1; then
    left_out "fat binaries of the kernels (no nvcc on the PATH); NVRTC compiles them at first use"
else
    sh cuda/compile.sh "$target"
fi
