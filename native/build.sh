#!/bin/sh
# build.sh OUTDIR [--sanitize] [--with-test-kernels]: builds the emulated driver, the library doubles, the way to cublasLt and the
# forwarders.
#   OUTDIR/emulated/{libcuda.so.1,libcublas.so.12,libcublasLt.so.12,libcudnn.so.9}
#   OUTDIR/forwarder/{libcublas.so.12,libnvrtc.so.12}   OUTDIR/lt/librectifier_lt.so
#   OUTDIR/doubles/{libcublas.so.13,libcublasLt.so.13,libnvrtc.so.13}
# Compiles only what has changed. Without a C++ compiler it says so and succeeds. CXX chooses the compiler, CXXFLAGS adds
# to its flags.
set -eu

native=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$native")
sanitize=
test_kernels=
[ $# -ge 1 ] || { echo "usage: build.sh OUTDIR [--sanitize] [--with-test-kernels]" >&2; exit 2; }
mkdir -p "$1"
out=$(cd "$1" && pwd)
shift
for option in "$@"; do
    case $option in
        --sanitize) sanitize='-fsanitize=address,undefined -fno-omit-frame-pointer -g' ;;
        --with-test-kernels) test_kernels=$native/test/kernels.cu ;;
        *) echo "build.sh: unknown option $option" >&2; exit 2 ;;
    esac
done

CXX=${CXX:-g++}
export CXX
if ! command -v "$CXX" >/dev/null 2>&1; then
    echo "native: no C++ compiler ($CXX): emulated CUDA driver, library doubles, CUDA 13 forwarders and the way to cublasLt are left out"
    exit 0
fi

work=$out/work
mkdir -p "$work" "$out/emulated" "$out/forwarder" "$out/doubles"
flags="-std=c++17 -O2 -fPIC -ffp-contract=off -fno-math-errno -fvisibility=hidden -Wall -Wextra -Werror"
flags="$flags -fmacro-prefix-map=$root/= $sanitize ${CXXFLAGS:-}"
kernel_flags="-fdata-sections -fstack-clash-protection -Wno-unknown-pragmas -Wno-unused-function -Wno-unused-variable"
[ -z "$sanitize" ] || kernel_flags="$kernel_flags --param asan-globals=0" # shared variables are poisoned as one stretch
queue=$work/queue
built=0

# Other flags, scripts or compiler: everything anew.
stamp="$flags $kernel_flags $("$CXX" --version | head -n 1) $(cat "$native"/build.sh "$native"/*/*.sh | cksum)"
if [ "$(cat "$work/stamp" 2>/dev/null)" != "$stamp" ]; then
    rm -f "$work"/*.o "$work"/*.d "$work"/*.cpp
    printf '%s\n' "$stamp" >"$work/stamp"
fi

newer_than() { # newer_than FILE INPUT...: is an input newer than the file, or the file missing?
    target=$1
    shift
    [ -f "$target" ] || return 0
    for input in "$@"; do
        [ -e "$input" ] && [ ! "$input" -nt "$target" ] || return 0
    done
    return 1
}

dependencies() { # what the compiler read for this object the last time
    [ -f "$1.d" ] && sed -e 's/^[^:]*://' -e 's/\\$//' "$1.d" | tr ' ' '\n' | sed '/^$/d' || echo /nonexistent
}

compile() { # compile SOURCE NAME [FLAGS [THEN]]: queues the compilation where it is due, and what to do with the object
    object=$work/$2.o
    # shellcheck disable=SC2046
    if newer_than "$object" "$1" $(dependencies "$object"); then
        command="$CXX $flags ${3:-} -MMD -MF '$object.d' -c '$1' -o '$object.tmp' ${4:+&& $4 }"
        printf '%s\n' "$command && mv '$object.tmp' '$object'" >>"$queue"
    fi
}

run_queue() {
    [ -s "$queue" ] || return 0
    built=$((built + $(wc -l <"$queue")))
    tr '\n' '\0' <"$queue" | xargs -0 -n 1 -P "$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)" sh -c || exit 1
    rm -f "$queue"
}

write_if_new() { # write_if_new FILE: standard input into the file, which keeps its time where nothing changes
    cat >"$1.new"
    if cmp -s "$1" "$1.new"; then rm "$1.new"; else mv "$1.new" "$1"; fi
}

link() { # link FILE SONAME FLAGS OBJECT...
    file=$1
    soname=$2
    link_flags=$3
    shift 3
    if newer_than "$file" "$@"; then
        # shellcheck disable=SC2086
        $CXX -shared $sanitize -Wl,-soname,"$soname" $link_flags -o "$file.tmp" "$@" -ldl
        mv "$file.tmp" "$file"
        built=$((built + 1))
    fi
}

exporting() { # exporting LIBRARY PATTERNS: linker flags that export these symbols alone
    echo "{ global: $2 local: *; };" | write_if_new "$work/$1.exports"
    echo "-Wl,--version-script=$work/$1.exports"
}

versioned() { # versioned SONAME PATTERNS: the same, and every symbol has the version SONAME, as in NVIDIA's libraries
    echo "$1 { global: $2 local: *; };" | write_if_new "$work/$1.exports"
    echo "-Wl,--version-script=$work/$1.exports"
}

rm -f "$queue"
. "$native/emulated/build.part.sh"
for part in blas dnn lt forwarder; do
    [ ! -f "$native/$part/build.part.sh" ] || . "$native/$part/build.part.sh"
done
echo "native: $built steps in $out${sanitize:+ (with sanitizers)}"
