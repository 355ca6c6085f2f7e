#!/usr/bin/env bash
# .ci/bundle.sh ARCHIVE NATIVE: unpacks the portable bundle into an empty folder and uses it as a GPU host without Java, Maven
# and compiler would: nothing of this build on the PATH, the bundle read-only, HOME not there. NATIVE holds the emulated driver.
set -euo pipefail
archive=$(readlink -f "$1")
native=$(readlink -f "$2")
place=$(mktemp -d)
cleared() {
    umount "$place/jail/proc" 2>/dev/null || true
    chmod -R u+w "$place" && rm -rf --one-file-system "$place"
}
trap cleared EXIT

# Folders of programs, but for Java's.
mkdir "$place/bin" "$place/unpacked" "$place/work"
for program in sh uname dirname basename readlink mkdir id tar gzip; do
    ln -s "$(command -v "$program")" "$place/bin/"
done
alone() { env -i PATH="$place/bin" HOME="$place/no-home/me" TMPDIR="$place/work" "$@"; }

touch "$place/no-home" # a file, so that not even root can make HOME below it
cd "$place/unpacked"
alone tar xzf "$archive"
chmod -R a-w bundle
cd "$place/work"
bundle=$place/unpacked/bundle
! alone java -version 2>/dev/null || { echo "there is a java on the PATH of this test" >&2; exit 1; }

alone "$bundle/rectifier" doctor | tee doctor.txt
grep -q '^engine cpu: ready' doctor.txt

# A host with glibc, the C++ runtime and a shell, and nothing else: no fonts, no zlib. Only root can lock itself in.
jail() {
    local jail=$place/jail program
    mkdir -p "$jail/proc"
    [ "$(id -u)" -eq 0 ] && mount -t proc proc "$jail/proc" 2>/dev/null || return 1
    mkdir -p "$jail/bin" "$jail/lib64" "$jail/tmp" "$jail/lib/x86_64-linux-gnu"
    for program in sh uname dirname basename readlink mkdir id; do
        cp -L "$(command -v "$program")" "$jail/bin/"
    done
    cp -L /lib64/ld-linux-x86-64.so.2 "$jail/lib64/"
    ldd "$jail"/bin/* "$bundle/runtime/lib/server/libjvm.so" | awk '$3 ~ /^\// { print $3 }' | sort -u |
        xargs -I{} cp -L {} "$jail/lib/x86_64-linux-gnu/"
    cp -L /lib/x86_64-linux-gnu/lib{dl,pthread,rt}.so.* "$jail/lib/x86_64-linux-gnu/" # of glibc, asked for by name
    cp -R "$bundle" "$jail/"
}

if jail; then
    env -i PATH=/bin "$(PATH=$PATH:/usr/sbin command -v chroot)" "$place/jail" /bin/sh -c 'cd /tmp && /bundle/rectifier demo --quiet'
    drawn=$place/jail/tmp/runs
else
    echo "left out: a host without fonts and system libraries (needs root, and leave to mount)"
    alone "$bundle/rectifier" demo --quiet
    drawn=runs
fi
find "$drawn" -name '*.png' | grep -q . || { echo "the demo drew no picture" >&2; exit 1; }

if [ -f "$native/emulated/libcuda.so.1" ]; then
    alone "$bundle/gpu-suite" --engine emulated --native "$native" --only 'RefusalTest|ArenaContractTest|CudaEngineTest' results
    grep -q '"good" : true' results/summary.json
    sed -n '1,/^$/p' results/summary.md
else
    echo "left out: gpu-suite on the emulated driver (it was not built here)"
fi

# Refusals: exit codes and one sentence each.
refused() {
    local expected=$1 says=$2 code=0
    shift 2
    "$@" >refusal.txt 2>&1 || code=$?
    grep -q "$says" refusal.txt && [ "$code" -eq "$expected" ] || { echo "exit code $code, not $expected:"; cat refusal.txt; exit 1; }
}
refused 2 'usage: gpu-suite' alone "$bundle/gpu-suite"
refused 1 'set TMPDIR to a folder' alone TMPDIR="$place/nowhere" "$bundle/rectifier" doctor
[ -e /dev/nvidiactl ] || refused 4 'libcuda.so.1' alone "$bundle/gpu-suite" results
echo "the bundle works: $(wc -c <"$archive") bytes"
