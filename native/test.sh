#!/bin/sh
# test.sh OUTDIR [WAY]: builds native/ and its tests, runs them and closes with "N passed, M failed". Ways: plain,
# sanitized (address and undefined-behaviour sanitizers), portable (the switch of fibres for other processors). Without
# a way: the first two.
set -eu
native=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 1 ] || { echo "usage: test.sh OUTDIR [plain|sanitized|portable]" >&2; exit 2; }
mkdir -p "$1"
out=$(cd "$1" && pwd)
ways=${2:-plain sanitized}
CXX=${CXX:-g++}
if ! command -v "$CXX" >/dev/null 2>&1; then
    echo "native: no C++ compiler ($CXX): its tests are left out"
    exit 0
fi

flags="-std=c++17 -O1 -g -Wall -Wextra -Werror -I$native/test"
passed=0
failed=0

run() { # run WAY PROGRAM: adds up the closing line; a crash counts as one failure
    log=$out/$1/$2.log
    if ! RECTIFIER_EMULATED_MEMORY=67108864 UBSAN_OPTIONS=halt_on_error=1 "$out/$1/$2" >"$log" 2>&1; then
        cat "$log"
    fi
    closing=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$log" || echo "0 passed, 1 failed")
    echo "$1 $2: $closing"
    passed=$((passed + ${closing%% *}))
    closing=${closing#*, }
    failed=$((failed + ${closing%% *}))
}

probe() { # probe FOLDER: two forwarders of the tests' own, one to probe.cpp, one to a library that does not exist
    mkdir -p "$1"
    printf 'probe_mix\nnvrtcGetErrorString\n' >"$1/names"
    sh "$native/forwarder/generate.sh" "$1/names" >"$1/forward.s"
    $CXX -shared -fPIC $flags -o "$1/libbehind.so.1" "$native/test/probe.cpp"
    for name in behind absent; do
        [ $name = absent ] && target=libnowhere.so.1 || target=$1/libbehind.so.1
        [ $name = absent ] && file=$1/libabsent.so.1 || file=$1/libprobe.so.1
        $CXX -shared -fPIC $flags -DFORWARD_TO="\"$target\"" -DFORWARD_VARIABLE='"RECTIFIER_PROBE"' \
            -DFORWARD_MISSING=66 -DFORWARD_ABSENT=77 -o "$file" "$1/forward.s" "$native/forwarder/resolve.cpp" -ldl
    done
}

for way in $ways; do
    sanitize=
    CXXFLAGS=
    case $way in
        plain) ;;
        sanitized) sanitize=-fsanitize=address,undefined ;;
        portable) CXXFLAGS=-DEMULATED_BY_UCONTEXT=1 ;;
    esac
    export CXXFLAGS
    sh "$native/build.sh" "$out/$way" --with-test-kernels ${sanitize:+--sanitize}
    driver=$out/$way/emulated/libcuda.so.1
    export CUBLAS_UNDER_TEST="$out/$way/emulated/libcublas.so.12" CUBLASLT_UNDER_TEST="$out/$way/emulated/libcublasLt.so.12"
    export CUDNN_UNDER_TEST="$out/$way/emulated/libcudnn.so.9"
    tests="kernel_test driver_test blas_test dnn_test lt_test"
    if [ -f "$out/$way/forwarder/libcublas.so.12" ]; then
        export NATIVE_UNDER_TEST="$out/$way" RECTIFIER_CUBLAS_13="$out/$way/doubles/libcublas.so.13"
        export LD_LIBRARY_PATH="$out/$way/doubles" # libnvrtc.so.13 is found by its soname
        probe "$out/$way/probe"
        tests="$tests forwarder_test"
    fi
    for test in $tests; do
        [ $test = forwarder_test ] && libraries= || libraries="$driver -Wl,-rpath,$out/$way/emulated"
        [ $test = lt_test ] && sources="$native/lt/library.cpp $native/lt/plan.cpp" || sources=
        # shellcheck disable=SC2086
        $CXX $flags $sanitize -o "$out/$way/$test" "$native/test/$test.cpp" $sources $libraries -ldl -pthread
        run "$way" "$test"
    done
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
