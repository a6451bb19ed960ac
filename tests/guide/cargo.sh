#!/bin/sh
# In place of cargo: what the guide builds is built before the tests.
case "$*" in
"xtask components") ;;
"xtask npm") ls target/embed/node/example/stocktake-vcenter-*.tgz ;;
"xtask wheel") ls target/embed/wheel/stocktake_vcenter-*.whl ;;
"install wasmtime-cli --version "*" --locked")
    # The tests run the same version, made of its libraries: the guide must name it.
    grep --quiet --fixed-strings --line-regexp "version = \"$4\"" Cargo.lock
    ;;
"run --bin embed -- "*)
    shift 4
    exec embed "$@"
    ;;
"run -p stocktake-plugin-build --features component --bin component -- stocktake-template "*) cp template.wasm "${10}" ;;
*)
    echo "cargo $*: not known to the tests of the guide" >&2
    exit 1
    ;;
esac
