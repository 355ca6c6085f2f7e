# Sourced by the launchers of the bundle: sets home, and the arguments of Java as "$@" behind its own.
# Nothing is written below the bundle, so its folder may be read-only.

fail() {
    echo "$(basename "$0"): $1" >&2
    exit 1
}

# The folder of unpacked natives and compiled kernels. HOME need not be writable.
writable_cache() {
    for parent in "${XDG_CACHE_HOME:-}" "${HOME:+$HOME/.cache}"; do
        if [ -n "$parent" ] && mkdir -p "$parent" 2>/dev/null && [ -w "$parent" ]; then
            echo "$parent/rectifier"
            return
        fi
    done
    temporary=${TMPDIR:-/tmp}
    [ -d "$temporary" ] && [ -w "$temporary" ] || return 1
    echo "$temporary/rectifier-$(id -u)"
}

# start CLASS_PATH [ARGUMENT ...]: Java with the settings of this bundle.
start() {
    class_path=$1
    shift
    [ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] || fail "this bundle is for Linux x86_64, and this is $(uname -sm)"
    [ -x "$home/runtime/bin/java" ] || fail "$home/runtime/bin/java cannot be run; unpack the whole archive, on a file system \
that is not mounted noexec"
    cache=$(writable_cache) || fail "no folder can be written for unpacked libraries: HOME is not writable and the temporary \
folder ${TMPDIR:-/tmp} is missing or not writable; set XDG_CACHE_HOME or TMPDIR to a folder of yours"
    # shellcheck disable=SC2086 # several options, separated by blanks
    exec "$home/runtime/bin/java" ${TMPDIR:+"-Djava.io.tmpdir=$TMPDIR"} "-Drectifier.cache=$cache" \
        ${RECTIFIER_JAVA_OPTIONS:-} -cp "$class_path" "$@"
}
