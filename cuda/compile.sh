#!/bin/sh
# compile.sh TARGET: every cuda/*.cu, for both element types, into TARGET/classes/cuda/<stem>_<f32|f64>.fatbin.
# A fat binary holds sm_90 code and compute_75 PTX, so it runs on every GPU from Turing on; dense_tensor has compute_80 PTX
# as well, since its instructions begin there and the PTX for Turing only traps. Registers, spills and shared
# memory of each kernel go to TARGET/nvcc/resources.txt. A file is compiled again only when its text, a header, the flags
# or nvcc has changed. NVCC_JOBS sets how many compile at once (default: one per processor).
set -eu
target=$1
sources=$(dirname "$0")
output=$target/classes/cuda
log=$target/nvcc
flags="-fatbin -O3 --fmad=false -std=c++17 -Werror all-warnings --resource-usage \
-gencode arch=compute_90,code=sm_90 -gencode arch=compute_75,code=compute_75"
# A third smaller in the archive; drivers from 550 on unpack it. nvcc knows the option from 12.8 on.
if nvcc --help 2>/dev/null | grep -q -e --compress-mode; then flags="$flags --compress-mode=size"; fi

# compile_one STEM TYPE: called in parallel, through xargs.
compile_one() {
    name=$1_$2
    upper=$(echo "$2" | tr f F)
    all_flags=$flags
    [ "$1" != dense_tensor ] || all_flags="$flags -gencode arch=compute_80,code=compute_80"
    key=$({ cat "$sources/$1.cu" "$sources"/*.cuh; echo "$all_flags $upper"; nvcc --version; } | cksum)
    if [ -f "$output/$name.fatbin" ] && [ "$(cat "$log/$name.key" 2>/dev/null)" = "$key" ]; then
        return 0
    fi
    rm -f "$log/$name.key"
    # shellcheck disable=SC2086
    if ! nvcc $all_flags -DRECTIFIER_"$upper" -o "$output/$name.fatbin" "$sources/$1.cu" >"$log/$name.txt" 2>&1; then
        cat "$log/$name.txt" >&2
        echo "nvcc refused $sources/$1.cu as $upper" >&2
        rm -f "$output/$name.fatbin"
        return 1
    fi
    echo "$key" >"$log/$name.key"
}

if [ $# -eq 3 ]; then
    compile_one "$2" "$3"
    exit
fi

mkdir -p "$output" "$log"
find "$sources" -name '*.cu' | sort | while read -r file; do
    stem=$(basename "$file" .cu)
    echo "$stem f32"
    echo "$stem f64"
done >"$log/work.txt"
[ -s "$log/work.txt" ] || exit 0
xargs -L 1 -P "${NVCC_JOBS:-$(getconf _NPROCESSORS_ONLN)}" sh "$0" "$target" <"$log/work.txt"
while read -r stem type; do
    sed -e '/Compile time/d' -e "s/^/$stem $type: /" "$log/${stem}_$type.txt"
done <"$log/work.txt" >"$log/resources.txt"
