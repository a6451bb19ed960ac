//! A transport that refuses every connection.

use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use stocktake_runtime::gateway::{Body, Cause, Diagnosis, OutboundRequest, Transport};

/// Refuses every connection and counts them.
#[derive(Debug, Default)]
pub(crate) struct Refusing(AtomicUsize);

impl Refusing {
    /// How often a request was made.
    pub(crate) fn asked(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

#[async_trait]
impl Transport for Refusing {
    async fn send(&self, _: OutboundRequest) -> Result<http::Response<Body>, Diagnosis> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Err(Diagnosis::new(Cause::Refused, "connection refused"))
    }
}
