#!/bin/sh
# test.sh OUTDIR [plain|sanitized]: builds native/ and its tests, runs them plainly and under the address and undefined-behaviour
# sanitizers (or only one of the two ways), and closes with "N passed, M failed".
set -eu
native=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 1 ] || { echo "usage: test.sh OUTDIR [plain|sanitized]" >&2; exit 2; }
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

for way in $ways; do
    sanitize=
    [ "$way" = plain ] || sanitize=-fsanitize=address,undefined
    sh "$native/build.sh" "$out/$way" --with-test-kernels ${sanitize:+--sanitize}
    driver=$out/$way/emulated/libcuda.so.1
    export CUBLAS_UNDER_TEST="$out/$way/emulated/libcublas.so.12"
    for test in kernel_test driver_test blas_test; do
        # shellcheck disable=SC2086
        $CXX $flags $sanitize -o "$out/$way/$test" "$native/test/$test.cpp" "$driver" -Wl,-rpath,"$out/$way/emulated" -ldl
        run "$way" "$test"
    done
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
