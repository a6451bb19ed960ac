//! The core's transport over the one function that the host provides.

use std::collections::BTreeMap;

use stocktake_vcenter::transport::{
    ExchangeId, Head, Method, Received, Request, Transport as Core, TransportError,
};

use crate::bindings::stocktake::collector::transport as host;

/// Open exchanges.
#[derive(Default)]
pub(crate) struct Transport {
    exchanges: BTreeMap<ExchangeId, Exchange>,
}

enum Exchange {
    Sent(host::Exchange),
    Reading(host::Exchange),
    /// The host's function carries POST alone.
    Unsent,
}

impl Core for Transport {
    fn send(&mut self, exchange: ExchangeId, request: Request) {
        if request.method != Method::Post {
            self.exchanges.insert(exchange, Exchange::Unsent);
            return;
        }
        let url = format!(
            "{}://{}{}",
            request.scheme.as_str(),
            request.authority,
            request.path
        );
        let headers = request
            .headers
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        let sent = host::send(&host::Request {
            url,
            headers,
            body: request.body,
        });
        self.exchanges.insert(exchange, Exchange::Sent(sent));
    }

    fn receive(&mut self, exchange: ExchangeId) -> Received {
        let state = match self.exchanges.remove(&exchange) {
            Some(state) => state,
            None => return Received::Failed(TransportError::Other(OVER.to_owned())),
        };
        match state {
            Exchange::Sent(reply) => match reply.head() {
                Ok(head) => {
                    self.exchanges.insert(exchange, Exchange::Reading(reply));
                    Received::Head(Head {
                        status: head.status,
                        headers: head.headers,
                    })
                }
                Err(error) => Received::Failed(error.into()),
            },
            Exchange::Unsent => Received::Failed(TransportError::Denied),
            Exchange::Reading(reply) => match reply.read() {
                Ok(part) if part.is_empty() => Received::End,
                Ok(part) => {
                    self.exchanges.insert(exchange, Exchange::Reading(reply));
                    Received::Body(part.into_bytes())
                }
                Err(error) => Received::Failed(error.into()),
            },
        }
    }

    fn forget(&mut self, exchange: ExchangeId) {
        self.exchanges.remove(&exchange);
    }
}

const OVER: &str = "the exchange has ended";

impl From<host::Error> for TransportError {
    fn from(error: host::Error) -> Self {
        match error {
            host::Error::Dns => TransportError::Dns,
            host::Error::Refused => TransportError::Refused,
            host::Error::Timeout => TransportError::Timeout,
            host::Error::Cut => TransportError::Cut,
            host::Error::Certificate => TransportError::Certificate,
            host::Error::Tls => TransportError::Tls,
            host::Error::Denied => TransportError::Denied,
            host::Error::TooLarge => TransportError::TooLarge,
            host::Error::Other(words) => TransportError::Other(words),
        }
    }
}
