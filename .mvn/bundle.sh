#!/bin/sh
# bundle.sh TARGET JAVA_HOME TIME EMULATED CLASS_PATH: makes TARGET/bundle and TARGET/bundle.tar.gz: a trimmed Java, the program,
# its libraries, the tests that reach a device, and launchers. For Linux x86_64; the archive must stay below 36 MiB.
# The same inputs give the same bytes. EMULATED=true puts the emulated CUDA driver in as well.
set -eu
target=$1
java_home=$2
time=$3
emulated=$4
class_path=$5
limit=$((36 * 1024 * 1024))
bundle=$target/bundle
modules=java.base,java.desktop,java.logging,java.management,java.naming,java.xml,jdk.unsupported

fail() {
    echo "bundle: $1" >&2
    exit 1
}

# The file of the class path whose name matches.
jar_named() {
    found=$(echo "$class_path" | tr ':' '\n' | grep -E "/$1\$") || fail "no $1 on the class path"
    echo "$found"
}

# Without compression of its own: the archive compresses it better as a whole, and it starts sooner.
make_runtime() {
    "$java_home/bin/java" src/bundle/ScreenParts.java >"$target/bundle-excluded.txt"
    "$java_home/bin/jlink" --add-modules "$modules" --strip-debug --no-man-pages --no-header-files \
        --exclude-resources="@$target/bundle-excluded.txt" --output "$bundle/runtime"
    (cd "$bundle/runtime/lib" && rm -f libawt_xawt.so libjsound.so libsplashscreen.so jrt-fs.jar classlist)
    if command -v strip >/dev/null 2>&1; then
        find "$bundle/runtime/lib" -name '*.so' -exec strip --strip-unneeded {} +
    fi
}

# Libraries of the system that this Java was linked with and a bare host may lack (fonts, compression); glibc and the C++
# runtime stay out, every host has them.
add_system_libraries() {
    find "$bundle/runtime/lib" -name '*.so' -exec ldd {} + 2>/dev/null |
        awk '$2 == "=>" && $3 ~ /^\// { print $3 }' | sort -u |
        grep -vF "$bundle/runtime/" | grep -vE '/lib(c|m|dl|rt|pthread|stdc\+\+|gcc_s)\.so' |
        while read -r library; do
            cp -L "$library" "$bundle/runtime/lib/"
            note_origin "$library"
        done
}

# The licence of a file that a Debian package brought.
note_origin() {
    command -v dpkg >/dev/null 2>&1 || { echo "$(basename "$1"): of the system the bundle was built on" >>"$notices/FILES"; return; }
    package=$(dpkg -S "*/$(basename "$(readlink -f "$1")")" 2>/dev/null | sed 's/:.*//' | head -n 1)
    echo "$(basename "$1"): ${package:-of the system the bundle was built on}" >>"$notices/FILES"
    if [ -n "$package" ] && [ -f "/usr/share/doc/$package/copyright" ]; then
        cp -L "/usr/share/doc/$package/copyright" "$notices/$package"
    fi
}

# One face, so that figures can be drawn where no font is installed.
add_font() {
    font=$(find /usr/share/fonts -name DejaVuSans.ttf 2>/dev/null | sort | head -n 1)
    [ -n "$font" ] || { echo "left out: a font for PNG figures (no DejaVuSans.ttf here)" >&2; return; }
    mkdir -p "$bundle/runtime/lib/fonts"
    cp -L "$font" "$bundle/runtime/lib/fonts/"
    printf '%s\n' version=1 sequence.allfonts=latin-1 'allfonts.latin-1=DejaVu Sans' \
        'filename.DejaVu_Sans=$JRE_LIB_FONTS/DejaVuSans.ttf' >"$bundle/runtime/lib/fontconfig.properties"
    note_origin "$font"
}

# put_jars FOLDER NAME ...: the jars of the class path, their entries stored, which makes the archive smaller by 2.8 MB.
put_jars() {
    folder=$1
    shift
    for name in "$@"; do
        case $name in
        *.jar) echo "$name" ;;
        *) jar_named "$name-[0-9][0-9.-]*\\.jar" ;;
        esac
    done >"$target/bundle-jars.txt"
    xargs "$java_home/bin/java" src/bundle/StoredJars.java "$folder" <"$target/bundle-jars.txt"
}

# The program and what it needs at run time, one jar each.
add_program() {
    put_jars "$bundle/lib" "$target"/rectifier-*.jar jcuda jcublas jcudnn commons-math3 picocli jackson-core jackson-annotations \
        jackson-databind jackson-dataformat-yaml snakeyaml slf4j-api logback-classic logback-core jspecify javacpp openblas
}

# JCuda's bindings of the driver, cuBLAS, cuDNN and NVRTC. Its compiler of PTX (24 MB) is never loaded.
add_natives() {
    mkdir -p "$bundle/natives"
    for name in jcuda-natives jcublas-natives jcudnn-natives; do
        natives=$(jar_named "$name-[^/]*-linux-x86_64\\.jar")
        (cd "$bundle/natives" && "$java_home/bin/jar" --extract --file "$natives" lib)
    done
    find "$bundle/natives" -type f ! -name 'libJCudaDriver-*' ! -name 'libJNvrtc-*' ! -name 'libJCublas2-*' \
        ! -name 'libJCudnn-*' -delete
}

add_tests() {
    mkdir -p "$bundle/tests"
    cp -R "$target/test-classes" "$bundle/tests/classes"
    put_jars "$bundle/tests/lib" junit-jupiter-api junit-jupiter-engine junit-jupiter-params junit-platform-commons \
        junit-platform-engine junit-platform-launcher opentest4j apiguardian-api assertj-core
}

add_emulated_driver() {
    [ "$emulated" = true ] || return 0
    [ -f "$target/native/emulated/libcuda.so.1" ] || fail "-Dbundle.emulated=true, and the emulated driver was not built"
    mkdir -p "$bundle/emulated"
    cp -R "$target/native/emulated" "$target/native/doubles" "$target/native/forwarder" "$bundle/emulated/"
}

# Every jar must be told of in THIRD-PARTY.md.
add_notices() {
    cp LICENSE src/bundle/THIRD-PARTY.md "$bundle/"
    for jar in "$bundle"/lib/*.jar "$bundle"/tests/lib/*.jar; do
        name=$(basename "$jar" | sed 's/-[0-9].*//')
        [ "$name" = rectifier ] || grep -q "\`$name\`" "$bundle/THIRD-PARTY.md" ||
            fail "$name is not in src/bundle/THIRD-PARTY.md; add it with its licence"
    done
}

add_launchers() {
    mkdir -p "$bundle/python"
    cp src/bench/python/*.py src/bench/python/README.md "$bundle/python/"
    cp src/bundle/launch.sh src/bundle/rectifier src/bundle/gpu-suite "$bundle/"
    chmod 755 "$bundle/rectifier" "$bundle/gpu-suite"
}

pack() {
    chmod -R u+w,go-w,a+rX "$bundle"
    tar --create --directory "$target" --sort=name --mtime="$time" --owner=0 --group=0 --numeric-owner --format=gnu bundle |
        gzip -9n >"$target/bundle.tar.gz"
    size=$(wc -c <"$target/bundle.tar.gz")
    echo "bundle: $target/bundle.tar.gz, $((size / 1024)) KiB of $((limit / 1024)) KiB"
    [ "$size" -lt "$limit" ] || fail "the archive is too large"
}

[ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] || fail "made on Linux x86_64 only; this is $(uname -sm)"
[ -x "$java_home/bin/jlink" ] || fail "$java_home has no jlink; use a whole JDK"
rm -rf "$bundle" "$target/bundle.tar.gz"
notices=$bundle/notices
mkdir -p "$notices"
make_runtime
add_system_libraries
add_font
add_program
add_natives
add_tests
add_emulated_driver
add_notices
add_launchers
pack
