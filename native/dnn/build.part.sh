# build.part.sh, read by native/build.sh: the double OUTDIR/emulated/libcudnn.so.9. Its work reaches the emulated driver as
# that of the cuBLAS double does.

compile "$native/dnn/cudnn_double.cpp" cudnn_double
compile "$native/blas/driver_link.cpp" driver_link
run_queue
sh "$native/symbols/stubs.sh" "$native/symbols/libcudnn.so.9" 3000 "$work/cudnn_double.o" |
    write_if_new "$work/libcudnn_stubs.cpp"
compile "$work/libcudnn_stubs.cpp" libcudnn_stubs
run_queue
link "$out/emulated/libcudnn.so.9" libcudnn.so.9 "$(versioned libcudnn.so.9 'cudnn*;')" \
    "$work/cudnn_double.o" "$work/driver_link.o" "$work/libcudnn_stubs.o"
