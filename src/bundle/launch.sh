# Sourced by the launchers of the bundle: sets home, and the arguments of Java as "$@" behind its own.
# Nothing is written below the bundle, so its folder may be read-only.

fail() {
    echo "$(basename "$0"): $1" >&2
    exit 1
}

# The folder of unpacked natives and compiled kernels. HOME need not be writable.
cache_folder() {
    for parent in "${XDG_CACHE_HOME:-}" "${HOME:+$HOME/.cache}"; do
        if [ -n "$parent" ] && mkdir -p "$parent" 2>/dev/null && [ -w "$parent" ]; then
            echo "$parent/rectifier"
            return
        fi
    done
    echo "$temporary/rectifier-$(id -u)"
}

# start CLASS_PATH [ARGUMENT ...]: Java with the settings of this bundle.
start() {
    class_path=$1
    shift
    [ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] || fail "this bundle is for Linux x86_64, and this is $(uname -sm)"
    [ -x "$home/runtime/bin/java" ] || fail "$home/runtime/bin/java cannot be run; unpack the whole archive, on a file system \
that is not mounted noexec"
    temporary=${TMPDIR:-/tmp}
    [ -d "$temporary" ] && [ -w "$temporary" ] || fail "the temporary folder $temporary is missing or cannot be written; set \
TMPDIR to a folder of yours"
    # shellcheck disable=SC2086 # several options, separated by blanks
    exec "$home/runtime/bin/java" "-Djava.io.tmpdir=$temporary" "-Drectifier.cache=$(cache_folder)" \
        "-Drectifier.bench.python=$home/python" \
        --enable-native-access=ALL-UNNAMED ${RECTIFIER_JAVA_OPTIONS:-} -cp "$class_path" "$@"
}
