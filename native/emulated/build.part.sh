# build.part.sh, read by native/build.sh: OUTDIR/emulated/libcuda.so.1 from the driver's sources and cuda/*.cu.

emulated=$native/emulated
objects=
for source in "$emulated"/*.cpp; do
    name=$(basename "$source" .cpp)
    compile "$source" "$name"
    objects="$objects $work/$name.o"
done

modules=
for source in "$root"/cuda/*.cu $test_kernels; do
    [ -f "$source" ] || continue
    for type in f32 f64; do
        name=$(basename "$source" .cu)_$type
        modules="$modules $name"
        # shellcheck disable=SC2046
        if newer_than "$work/module_$name.o" "$source" $(dependencies "$work/module_$name.o"); then
            sh "$emulated/generate_module.sh" "$source" "$type" >"$work/generated"
            write_if_new "$work/module_$name.cpp" <"$work/generated"
        fi
        compile "$work/module_$name.cpp" "module_$name" \
            "$kernel_flags -I$emulated -I$root/cuda -I$(dirname "$source")" \
            "sh '$emulated/collect_shared.sh' '$work/module_$name.o.tmp' $name"
        objects="$objects $work/module_$name.o"
    done
done
# shellcheck disable=SC2086
sh "$emulated/generate_table.sh" $modules | write_if_new "$work/all_modules.cpp"
compile "$work/all_modules.cpp" all_modules "-I$emulated"
run_queue

# shellcheck disable=SC2086
sh "$native/symbols/stubs.sh" "$native/symbols/libcuda.so.1" 801 $objects | write_if_new "$work/libcuda_stubs.cpp"
compile "$work/libcuda_stubs.cpp" libcuda_stubs
run_queue
exports=$(exporting libcuda.so.1 'cu*; rectifier_emulated_*; Java_*;')
# shellcheck disable=SC2086
link "$out/emulated/libcuda.so.1" libcuda.so.1 "-Wl,--no-undefined $exports" \
    $objects "$work/all_modules.o" "$work/libcuda_stubs.o"

# What the kernels were built from, so that tests can tell a driver of other kernels.
if command -v sha256sum >/dev/null 2>&1; then
    (cd "$root/cuda" && sha256sum *.cu *.cuh) | write_if_new "$out/emulated/kernels.sha256"
fi
