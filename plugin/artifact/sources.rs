/// What the component is built from, besides [`component::SHARED`].
const SOURCES: [&str; 7] = [
    "plugin/component/Cargo.toml",
    "plugin/component/build.rs",
    "plugin/component/src",
    "plugin/core/Cargo.toml",
    "plugin/core/src",
    "plugin/ids/Cargo.toml",
    "plugin/ids/src",
];
