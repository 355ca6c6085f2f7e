#!/bin/sh
# collect_shared.sh OBJECT NAME: moves the static variables of functions, which in a kernel file are the shared
# variables, into one section emulated_shared_NAME, whose bounds the linker knows. (A section attribute would do, but
# g++ ignores it in templates.)
set -eu
renames=$(objdump -h "$1" |
    awk -v to="emulated_shared_$2" '$2 ~ /^\.(bss|data)\._ZZ/ { print "--rename-section " $2 "=" to }')
# shellcheck disable=SC2086
[ -z "$renames" ] || objcopy $renames "$1"
