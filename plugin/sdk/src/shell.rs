//! The exported interface over any source.

use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;

use stocktake_contract::request::{
    PAGE_SIZE_DEFAULT, PAGE_SIZE_LEAST, PAGE_SIZE_MOST, SCHEMA_VERSION as REQUEST,
};
use stocktake_contract::{normalized, response};

use crate::bindings::exports::stocktake::collector::inventory::{
    Description, Guest, GuestRun, PageSizeLimits, Pulled, Summary,
};
use crate::panic;
use crate::run::Run;
use crate::source::Source;

/// The exports of a component with the source `S`; see [`export!`](crate::export).
pub struct Shell<S>(PhantomData<S>);

/// A run of it.
pub struct SharedRun<S>(RefCell<Run<S>>);

impl<S> fmt::Debug for Shell<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shell").finish_non_exhaustive()
    }
}

impl<S> fmt::Debug for SharedRun<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedRun").finish_non_exhaustive()
    }
}

impl<S: Source> Guest for Shell<S> {
    type Run = SharedRun<S>;

    /// Calls no import: hosts call this before they trust a component.
    fn describe() -> Description {
        Description {
            name: S::NAME.to_owned(),
            version: S::VERSION.to_owned(),
            source_types: vec![S::NAME.to_owned()],
            modes: S::MODES.iter().map(ToString::to_string).collect(),
            contracts: [REQUEST, response::SCHEMA_VERSION, normalized::VERSION]
                .map(str::to_owned)
                .into(),
            page_size: PageSizeLimits {
                least: PAGE_SIZE_LEAST,
                most: PAGE_SIZE_MOST,
                default: PAGE_SIZE_DEFAULT,
            },
        }
    }
}

impl<S: Source> GuestRun for SharedRun<S> {
    fn new(request: String) -> Self {
        panic::report();
        SharedRun(RefCell::new(Run::open(&request)))
    }

    fn pull(&self) -> Pulled {
        let run = &mut *self.0.borrow_mut();
        run.pull()
            .map_or_else(|| Pulled::Summary(run.summary()), Pulled::Page)
    }

    fn close(&self) -> Summary {
        let run = &mut *self.0.borrow_mut();
        run.close();
        run.summary()
    }
}

#[cfg(test)]
mod tests {
    use super::{Guest as _, Shell};
    use crate::run::fake::Fake;

    #[test]
    fn a_collector_describes_itself_by_its_source() {
        let described = Shell::<Fake>::describe();
        assert_eq!(described.name, "fake");
        assert_eq!(described.version, "1.2.3");
        assert_eq!(described.source_types, ["fake"]);
        assert_eq!(described.modes, ["healthcheck", "collect"]);
        assert_eq!(described.page_size.default, 1000);
    }
}
