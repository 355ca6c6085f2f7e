#!/bin/sh
# budget.sh TARGET [--write]: holds what nvcc said of every kernel (TARGET/nvcc/resources.txt, by compile.sh) against
# cuda/budget.tsv: kernel, most registers, most bytes of spills (stores and loads). Fails where one needs more, is not listed,
# or is listed and gone. --write makes the list anew from what is; look at the difference before it is committed.
set -eu
sources=$(dirname "$0")
resources=$1/nvcc/resources.txt
[ -s "$resources" ] || { echo "budget.sh: $resources is missing: run cuda/compile.sh first" >&2; exit 2; }
version=$(nvcc --version | sed -n 's/.*, \(V[0-9.]*\)$/\1/p')

found() { # one line per kernel: name, registers, spilled bytes
    awk '
        / Compiling entry function / { split($0, part, "\047"); kernel = part[2]; inside = 0 }
        / Function properties for / { inside = $NF == kernel }
        / bytes spill stores/ && inside {
            for (i = 1; i < NF; i++) if ($(i + 1) == "bytes" && $(i + 2) == "spill") spills[kernel] += $i
        }
        / Used [0-9]+ registers/ {
            for (i = 1; i < NF; i++) if ($i == "Used") registers[kernel] = $(i + 1)
        }
        END { for (kernel in registers) printf "%s\t%d\t%d\n", kernel, registers[kernel], spills[kernel] }
    ' "$resources" | LC_ALL=C sort
}

if [ "${2:-}" = --write ]; then
    { printf 'nvcc %s\tregisters\tspilled bytes\n' "$version"; found; } >"$sources/budget.tsv"
    exit
fi
listed=$(sed -n '1s/^nvcc \([^\t]*\).*/\1/p' "$sources/budget.tsv")
if [ "$version" != "$listed" ]; then
    echo "left out: cuda/budget.tsv is nvcc $listed's, this is $version"
    exit
fi
found | awk -F '\t' '
    FNR == NR { if (FNR > 1) { registers[$1] = $2; spills[$1] = $3 } next }
    !($1 in registers) { print $1 ": not in cuda/budget.tsv"; bad = 1; next }
    { seen[$1] = 1 }
    $2 > registers[$1] || $3 > spills[$1] {
        printf "%s: %d registers, %d spilled bytes; its budget is %d and %d\n", $1, $2, $3, registers[$1], spills[$1]
        bad = 1
    }
    END {
        for (kernel in registers) if (!(kernel in seen)) { print kernel ": in cuda/budget.tsv, but not compiled"; bad = 1 }
        if (!bad) print "registers and spills: " length(seen) " kernels within cuda/budget.tsv"
        exit bad
    }
' "$sources/budget.tsv" -
