//! The sorts of handles that a run may hold on a server.

/// A sort of handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Held {
    View,
    Filter,
    Collector,
    Token,
}

impl Held {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Held::View => "container view",
            Held::Filter => "property filter",
            Held::Collector => "property collector",
            Held::Token => "page token",
        }
    }
}
