# build.part.sh, read by native/build.sh: the doubles OUTDIR/emulated/lib{cublas,cublasLt}.so.12 and
# OUTDIR/doubles/lib{cublas,cublasLt}.so.13.

blas=$native/blas
compile "$blas/cublas_handle.cpp" cublas_handle_12
compile "$blas/cublas_handle.cpp" cublas_handle_13 -DCUBLAS_DOUBLE_VERSION=130000
objects=
for source in cublas_products driver_link; do
    compile "$blas/$source.cpp" "$source"
    objects="$objects $work/$source.o"
done
run_queue
# shellcheck disable=SC2086
sh "$native/symbols/stubs.sh" "$native/symbols/libcublas.so.12" 15 "$work/cublas_handle_12.o" $objects |
    write_if_new "$work/libcublas_stubs.cpp"
compile "$work/libcublas_stubs.cpp" libcublas_stubs
run_queue
# shellcheck disable=SC2086
link "$out/emulated/libcublas.so.12" libcublas.so.12 "$(versioned libcublas.so.12 'cublas*;')" \
    "$work/cublas_handle_12.o" $objects "$work/libcublas_stubs.o"
# shellcheck disable=SC2086
link "$out/doubles/libcublas.so.13" libcublas.so.13 "$(versioned libcublas.so.13 'cublas*;')" \
    "$work/cublas_handle_13.o" $objects "$work/libcublas_stubs.o"

compile "$blas/lt_objects.cpp" lt_objects_12
compile "$blas/lt_objects.cpp" lt_objects_13 -DCUBLAS_DOUBLE_VERSION=130000
compile "$blas/lt_products.cpp" lt_products
run_queue
for version in 12 13; do
    [ $version = 12 ] && folder=$out/emulated || folder=$out/doubles
    exports=$(exporting libcublasLt.so.$version 'cublasLt*; rectifier_cublaslt_plant; Java_*;')
    link "$folder/libcublasLt.so.$version" libcublasLt.so.$version "$exports" \
        "$work/lt_objects_$version.o" "$work/lt_products.o" "$work/driver_link.o"
done
