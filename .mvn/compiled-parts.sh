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
    left_out "emulated driver, forwarders and the way to cublasLt (-Dnative.skip)"
elif [ "$(uname -s)" != Linux ]; then
    left_out "emulated driver, forwarders and the way to cublasLt (Linux only; this is $(uname -s))"
else
    sh native/build.sh "$target/native"
fi

# The forwarders let a machine with CUDA 13 libraries serve JCuda 12, and librectifier_lt.so leads to cublasLt; they travel
# in the jar.
for part in forwarder lt; do
    if [ -d "$target/native/$part" ] && [ "$skip_native" != true ] && [ "$(uname -m)" = x86_64 ]; then
        mkdir -p "$target/classes/native/linux-x86_64"
        find "$target/native/$part" -name '*.so*' -exec cp -p {} "$target/classes/native/linux-x86_64/" \;
    fi
done

if [ "$skip_nvcc" = true ]; then
    left_out "fat binaries of the kernels (-Dnvcc.skip); NVRTC compiles them at first use"
elif ! command -v nvcc >/dev/null 2>&1; then
    left_out "fat binaries of the kernels (no nvcc on the PATH); NVRTC compiles them at first use"
else
    sh cuda/compile.sh "$target"
fi
