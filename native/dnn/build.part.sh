# build.part.sh, read by native/build.sh: the double OUTDIR/emulated/libcudnn.so.9. Its work reaches the emulated driver as
# that of the cuBLAS double does. It exports a switch for tests, in C and in JNI, beside cuDNN's names.

dnn_objects=
for source in cudnn_double cudnn_convolutions; do
    compile "$native/dnn/$source.cpp" $source
    dnn_objects="$dnn_objects $work/$source.o"
done
compile "$native/blas/driver_link.cpp" driver_link
run_queue
# shellcheck disable=SC2086
sh "$native/symbols/stubs.sh" "$native/symbols/libcudnn.so.9" 3000 $dnn_objects |
    write_if_new "$work/libcudnn_stubs.cpp"
compile "$work/libcudnn_stubs.cpp" libcudnn_stubs
run_queue
# shellcheck disable=SC2086
link "$out/emulated/libcudnn.so.9" libcudnn.so.9 "$(versioned libcudnn.so.9 'cudnn*; rectifier_cudnn_*; Java_*;')" \
    $dnn_objects "$work/driver_link.o" "$work/libcudnn_stubs.o"
