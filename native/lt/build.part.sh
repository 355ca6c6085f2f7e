# build.part.sh, read by native/build.sh: OUTDIR/lt/librectifier_lt.so, which leads Java to the host's cublasLt. Needs a
# JDK's jni.h: of JAVA_HOME, else of the javac on the PATH.

lt=$native/lt

jni_folder() { # the folder of jni.h, or nothing
    for home in "${JAVA_HOME:-}" "$(dirname "$(dirname "$(readlink -f "$(command -v javac)" 2>/dev/null)")" 2>/dev/null)"; do
        if [ -n "$home" ] && [ -f "$home/include/jni.h" ]; then
            echo "$home/include"
            return
        fi
    done
}

jni=$(jni_folder)
objects=
for source in library plan; do
    compile "$lt/$source.cpp" "lt_$source"
    objects="$objects $work/lt_$source.o"
done
if [ -z "$jni" ]; then
    echo "native: no jni.h (set JAVA_HOME to a JDK): the library that leads to cublasLt is left out"
else
    mkdir -p "$out/lt"
    compile "$lt/jni.cpp" lt_jni "-I$jni -I$jni/linux"
    objects="$objects $work/lt_jni.o"
fi
run_queue
if [ -n "$jni" ]; then
    # shellcheck disable=SC2086
    link "$out/lt/librectifier_lt.so" librectifier_lt.so "-Wl,--no-undefined $(exporting librectifier_lt.so 'Java_*;')" \
        $objects
fi
