//! The ways to get the library.

use std::fmt;

/// One way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Recipe {
    /// `rustup target add`
    Rustup,
    /// Debian's source of the library in the compiler's version
    RustSrc,
    /// Debian's compiler for browsers with its own library source
    RustcWeb,
}

impl Recipe {
    /// In the order in which they are tried: from the least to the most that is changed.
    pub(crate) const ALL: [Self; 3] = [Self::Rustup, Self::RustSrc, Self::RustcWeb];

    /// What it does, for the progress output.
    pub(crate) fn summary(self) -> &'static str {
        match self {
            Self::Rustup => "rustup target add",
            Self::RustSrc => "building the library from Debian's package of its source",
            Self::RustcWeb => "Debian's compiler for browsers, for the wasm module only",
        }
    }
}

impl fmt::Display for Recipe {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Rustup => "rustup",
            Self::RustSrc => "rust-src",
            Self::RustcWeb => "rustc-web",
        })
    }
}

/// This machine lacks a prerequisite of the recipe.
#[derive(Debug)]
pub(crate) struct Unavailable(pub(crate) String);

impl fmt::Display for Unavailable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Unavailable {}
