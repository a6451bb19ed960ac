//! Values shared by the output thread and the command.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use stocktake_runtime::validation::{Asset, RawWarning, Relation};
use stocktake_runtime::{Outcome, Writer};

/// A value that the output thread writes to, and that the command takes back.
///
/// That thread may be blocked in a write, so the command never waits for it.
#[derive(Debug)]
pub(crate) struct Shared<T>(Arc<Mutex<T>>);

impl<T> Shared<T> {
    pub(crate) fn new(value: T) -> Self {
        Shared(Arc::new(Mutex::new(value)))
    }

    /// Takes it back; `None` when the thread still has it.
    pub(crate) fn into_inner(self) -> Option<T> {
        let value = Arc::into_inner(self.0)?.into_inner();
        Some(value.unwrap_or_else(PoisonError::into_inner))
    }

    /// Uses it unless the thread is using it.
    pub(crate) fn try_with<R>(&self, work: impl FnOnce(&mut T) -> R) -> Option<R> {
        match self.0.try_lock() {
            Ok(mut value) => Some(work(&mut value)),
            Err(TryLockError::Poisoned(value)) => Some(work(&mut value.into_inner())),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Shared(self.0.clone())
    }
}

impl<W: Write> Write for Shared<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lock().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.lock().flush()
    }
}

impl<W: Writer> Writer for Shared<W> {
    fn asset(&mut self, asset: &Asset<'_>) -> io::Result<()> {
        self.lock().asset(asset)
    }

    fn relation(&mut self, relation: &Relation<'_>) -> io::Result<()> {
        self.lock().relation(relation)
    }

    fn warning(&mut self, warning: &RawWarning, text: &str) -> io::Result<()> {
        self.lock().warning(warning, text)
    }

    fn finish(&mut self, outcome: &Outcome) -> io::Result<()> {
        self.lock().finish(outcome)
    }
}
