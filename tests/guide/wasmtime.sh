#!/bin/sh
# In place of wasmtime: the runtime that the tests make of its libraries, or the one that STOCKTAKE_WASMTIME names.
if [ -n "$STOCKTAKE_WASMTIME" ]; then
    exec "$STOCKTAKE_WASMTIME" "$@"
fi
case "$1 $2 $3" in
"run -S http")
    shift 3
    exec plain-runtime "$@"
    ;;
*)
    echo "wasmtime $*: not known to the tests of the guide" >&2
    exit 1
    ;;
esac
