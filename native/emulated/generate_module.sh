#!/bin/sh
# generate_module.sh SOURCE TYPE: prints the C++ file that compiles one kernel file for one element type (f32 or f64)
# and lists its entry points. The preprocessor finds them, so entry points made by macros count too.
set -eu
source=$1
type=$2
stem=$(basename "$source" .cu)
name=${stem}_$type
define=RECTIFIER_$(echo "$type" | tr f F)
here=$(dirname "$0")
listing=$("${CXX:-g++}" -x c++ -std=c++17 -E -P -DRECTIFIER_HOST -DRECTIFIER_LISTING -D"$define" \
    -I"$here" -I"$here/../../cuda" "$source")
entries=$(echo "$listing" | tr '\n' ' ' | grep -oE 'extern "C" RECTIFIER_ENTRY void +[A-Za-z_0-9]+' |
    awk '{ print $NF }' | sort -u)

cat <<END
// Generated from $stem.cu by generate_module.sh.
#define RECTIFIER_HOST
#define $define
// Two files may have kernels of one name, as two CUDA modules may.
$(for entry in $entries; do echo "#define $entry ${name}_$entry"; done)
#include "registry.h"
#include "emulated_device.h"

namespace {
#include "$stem.cu"
}

extern "C" {
extern unsigned char __start_emulated_shared_$name[] __attribute__((weak, visibility("hidden")));
extern unsigned char __stop_emulated_shared_$name[] __attribute__((weak, visibility("hidden")));
}

namespace emulated {

static const Kernel kernels[] = {
END
for entry in $entries; do
    echo "    Thunk<$entry>::entry(\"$entry\"),"
done
cat <<END
    Kernel{nullptr, 0, nullptr, nullptr, nullptr},
};

extern const Module module_$name;
const Module module_$name = {"$name", kernels, sizeof kernels / sizeof kernels[0] - 1, __start_emulated_shared_$name,
                             __stop_emulated_shared_$name};

} // namespace emulated
END
