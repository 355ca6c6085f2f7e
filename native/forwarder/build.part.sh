# build.part.sh, read by native/build.sh: OUTDIR/forwarder/{libcublas.so.12,libnvrtc.so.12}, which lead to the .so.13
# libraries, and OUTDIR/doubles/libnvrtc.so.13 to test them with. Only for x86-64 Linux, where JCuda's natives exist.

forwarder=$native/forwarder

build_forwarder() { # build_forwarder SONAME TARGET VARIABLE MISSING ABSENT PATTERN
    sh "$forwarder/generate.sh" "$native/symbols/$1" | write_if_new "$work/forward_$1.s"
    newer_than "$work/forward_$1.s.o" "$work/forward_$1.s" && "$CXX" -c "$work/forward_$1.s" -o "$work/forward_$1.s.o"
    compile "$forwarder/resolve.cpp" "resolve_$1" \
        "-DFORWARD_TO='\"$2\"' -DFORWARD_VARIABLE='\"$3\"' -DFORWARD_MISSING=$4 -DFORWARD_ABSENT=$5"
    run_queue
    link "$out/forwarder/$1" "$1" "$(versioned "$1" "$6")" "$work/forward_$1.s.o" "$work/resolve_$1.o"
}

case $("$CXX" -dumpmachine) in
    x86_64*linux*)
        build_forwarder libcublas.so.12 libcublas.so.13 RECTIFIER_CUBLAS_13 15 1 'cublas*;'
        build_forwarder libnvrtc.so.12 libnvrtc.so.13 RECTIFIER_NVRTC_13 11 11 'nvrtc*;'
        compile "$forwarder/nvrtc_double.cpp" nvrtc_double
        run_queue
        link "$out/doubles/libnvrtc.so.13" libnvrtc.so.13 "$(versioned libnvrtc.so.13 'nvrtc*;')" "$work/nvrtc_double.o"
        ;;
    *) echo "native: not x86-64 Linux: the CUDA 13 forwarders are left out" ;;
esac
