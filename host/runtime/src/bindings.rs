//! Host side of the WIT package, generated.

wasmtime::component::bindgen!({
    path: "../../wit/inventory.wit",
    inline: "
        package stocktake:host;

        // What a host needs of a collector, without the imports of its world.
        world guest {
            export stocktake:collector/inventory@1.0.0;
        }
    ",
    world: "stocktake:host/guest",
    exports: { default: async },
});
