//! One exchange of a guest: admitted, cleaned, sent, and handed back.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use wasmtime_wasi_http::{Error as GuestError, RequestOptions, WasiBody, WasiHttpHooks};

use super::authority::Authority;
use super::body::Body;
use super::diagnosis::{Cause, Diagnosis, ErrorLog};
use super::header;
use super::meter::Meter;
use super::protocol::{Admitted, Effect, Protocol};
use super::transport::{OutboundRequest, Removed, Timeouts, Transport};
use crate::limits::NetworkLimits;
use crate::quote::printable;
use crate::redaction::Redaction;

/// Carries the exchanges of one run.
#[derive(Clone, Debug)]
pub(crate) struct Gateway {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    rules: Rules,
    error_log: ErrorLog,
    in_flight: Arc<Semaphore>,
}

type Sending =
    dyn Future<Output = Result<(http::Response<WasiBody>, Box<Done>), GuestError>> + Send;
type Done = dyn Future<Output = Result<(), GuestError>> + Send;

/// What the exchanges of one run go by.
#[derive(Debug)]
pub(crate) struct Rules {
    /// The one server that may be spoken to.
    pub(crate) allowed: Option<Authority>,
    /// What answers; `None` when nothing is allowed.
    pub(crate) transport: Option<Arc<dyn Transport>>,
    /// The protocol of the server, where it is known; without one only the place is checked.
    pub(crate) protocol: Option<Box<dyn Protocol>>,
    pub(crate) limits: NetworkLimits,
    pub(crate) meter: Arc<Meter>,
    pub(crate) redaction: Arc<Redaction>,
    /// Ends the exchanges under way. Those begun afterwards clean up and are not interrupted.
    pub(crate) interrupt: CancellationToken,
}

impl Gateway {
    /// Carries the exchanges that `rules` allow.
    pub(crate) fn new(rules: Rules) -> Self {
        let shared = Shared {
            error_log: ErrorLog::redacted_by(Arc::clone(&rules.redaction)),
            in_flight: Arc::new(Semaphore::new(rules.limits.in_flight.max(1))),
            rules,
        };
        Gateway {
            shared: Arc::new(shared),
        }
    }

    /// Denies every exchange.
    pub(crate) fn denying() -> Self {
        Gateway::new(Rules {
            allowed: None,
            transport: None,
            protocol: None,
            limits: NetworkLimits::default(),
            meter: Arc::default(),
            redaction: Arc::default(),
            interrupt: CancellationToken::new(),
        })
    }

    pub(crate) fn error_log(&self) -> &ErrorLog {
        &self.shared.error_log
    }

    pub(crate) fn meter(&self) -> &Meter {
        &self.shared.rules.meter
    }
}

impl WasiHttpHooks for Gateway {
    fn send_request(
        &mut self,
        request: http::Request<WasiBody>,
        options: Option<RequestOptions>,
        _guest_done: Box<Done>,
    ) -> Box<Sending> {
        let shared = self.shared.clone();
        Box::new(async move {
            let interrupt = shared.current_interrupt();
            let exchange = shared.exchange(request, options.unwrap_or_default());
            let sent = tokio::select! {
                sent = exchange => sent,
                () = interrupt.cancelled() => Err(interrupted()),
            };
            match sent {
                Ok((response, effect, permit)) => {
                    let response = response.map(|body| {
                        Delivery {
                            body,
                            effect,
                            permit: Some(permit),
                            shared,
                            interrupted: Box::pin(interrupt.cancelled_owned()),
                        }
                        .boxed_unsync()
                    });
                    let done: Box<Done> = Box::new(std::future::ready(Ok(())));
                    Ok((response, done))
                }
                Err(diagnosis) => {
                    shared.error_log.note(&diagnosis);
                    Err(diagnosis.for_guest())
                }
            }
        })
    }
}

impl Shared {
    fn current_interrupt(&self) -> CancellationToken {
        if self.rules.interrupt.is_cancelled() {
            CancellationToken::new()
        } else {
            self.rules.interrupt.clone()
        }
    }

    async fn exchange(
        &self,
        request: http::Request<WasiBody>,
        options: RequestOptions,
    ) -> Result<
        (
            http::Response<Body>,
            Option<Box<dyn Effect>>,
            OwnedSemaphorePermit,
        ),
        Diagnosis,
    > {
        let (mut head, body) = request.into_parts();
        let transport = self.admit(&head)?;
        let limits = &self.rules.limits;
        if self.rules.meter.request() >= limits.requests {
            let (used, allowed) = (limits.requests.saturating_add(1), limits.requests);
            return Err(Diagnosis::over_budget(
                "requests", used, allowed, "requests",
            ));
        }
        let body = self.collect(body).await?;
        within_run("bytes sent", self.rules.meter.sent(body.len()), limits)?;
        let asked: Vec<_> = head.headers.keys().cloned().collect();
        let admitted = self.admit_call(&mut head, &body)?;
        let timeouts = self.timeouts(options, admitted.as_ref());
        let (call, mut effect) = match admitted {
            Some(admitted) => (Some(admitted.call), admitted.effect),
            None => (None, None),
        };
        header::clean_request(&mut head.headers);
        let removed = asked
            .into_iter()
            .filter(|name| !head.headers.contains_key(name));
        head.extensions.insert(Removed(removed.collect()));
        let outbound = OutboundRequest {
            request: http::Request::from_parts(head, body),
            call,
            timeouts,
            meter: self.rules.meter.clone(),
        };
        let permit = self.begin(outbound.timeouts.first_byte).await?;
        tracing::trace!(?outbound, "exchange");
        let mut response = transport.send(outbound).await?;
        header::clean_response(response.headers_mut());
        if let Some(effect) = &mut effect {
            effect.answered(response.status());
        }
        Ok((response, effect, permit))
    }

    /// Waits until one more exchange may be under way. It stays so until the end of its body, for
    /// which a guest that leaves its bodies where they are waits in vain.
    async fn begin(&self, limit: Duration) -> Result<OwnedSemaphorePermit, Diagnosis> {
        let free = Arc::clone(&self.in_flight).acquire_owned();
        match timeout(limit, free).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) => Err(interrupted()),
            Err(_) => {
                let allowed = self.rules.limits.in_flight.max(1) as u64;
                Err(Diagnosis::over_budget(
                    "exchanges in flight",
                    allowed.saturating_add(1),
                    allowed,
                    "exchanges whose bodies are not read to their end",
                ))
            }
        }
    }

    fn admit(&self, head: &Parts) -> Result<&Arc<dyn Transport>, Diagnosis> {
        let asked = Authority::from_uri(&head.uri);
        match (&asked, &self.rules.allowed, &self.rules.transport) {
            (Ok(asked), Some(allowed), Some(transport)) if asked.is_spelled_as(allowed) => {
                Ok(transport)
            }
            (Ok(asked), Some(allowed), Some(_)) if asked == allowed => {
                let written = head.uri.authority().map_or("", |written| written.as_str());
                let message = format!(
                    "the collector spells {allowed} as {}; this run allows the spelling of source.config.endpoint alone; do not use this collector",
                    printable(written, 100)
                );
                Err(Diagnosis::new(Cause::Denied, message))
            }
            _ => {
                let asked = match asked {
                    Ok(authority) => authority.to_string(),
                    Err(error) => format!("an address that cannot be read: {error}"),
                };
                let allowed = match &self.rules.allowed {
                    Some(authority) => authority.to_string(),
                    None => "nothing, because the request names no usable endpoint".to_owned(),
                };
                let message = format!(
                    "the collector asked for {asked}; this run allows {allowed}; correct source.config.endpoint, or do not use this collector"
                );
                Err(Diagnosis::new(Cause::Denied, message))
            }
        }
    }

    /// Applies the rules of the protocol, where it is known.
    fn admit_call(&self, head: &mut Parts, body: &[u8]) -> Result<Option<Admitted>, Diagnosis> {
        let protocol = self.rules.protocol.as_ref();
        protocol
            .map(|protocol| protocol.admit(head, body))
            .transpose()
    }

    async fn collect(&self, body: WasiBody) -> Result<Bytes, Diagnosis> {
        let allowed = self.rules.limits.request_bytes;
        let limit = usize::try_from(allowed).unwrap_or(usize::MAX);
        match Limited::new(body, limit).collect().await {
            Ok(collected) => Ok(collected.to_bytes()),
            Err(error) if error.is::<LengthLimitError>() => {
                let used = allowed.saturating_add(1);
                Err(Diagnosis::over_budget(
                    "request body",
                    used,
                    allowed,
                    "bytes",
                ))
            }
            Err(_) => Err(Diagnosis::new(
                Cause::Protocol,
                "the collector gave up a request body half-way; this is a defect of the collector",
            )),
        }
    }

    /// A guest may be less patient than the policy, never more; a call that waits for what is
    /// to come is given as long as it says.
    fn timeouts(&self, options: RequestOptions, admitted: Option<&Admitted>) -> Timeouts {
        let limits = &self.rules.limits;
        let first_byte = admitted.and_then(|admitted| admitted.first_byte);
        let first_byte = first_byte.unwrap_or(limits.first_byte);
        let least = |asked: Option<Duration>, limit: Duration| {
            asked.map_or(limit, |asked| asked.min(limit))
        };
        Timeouts {
            first_byte: least(options.first_byte_timeout, first_byte),
            between_bytes: least(options.between_bytes_timeout, limits.between_bytes),
            exchange: limits.exchange,
        }
    }
}

fn within_run(what: &'static str, used: u64, limits: &NetworkLimits) -> Result<(), Diagnosis> {
    let allowed = limits.run_bytes;
    if used > allowed {
        return Err(Diagnosis::over_budget(what, used, allowed, "bytes"));
    }
    Ok(())
}

fn interrupted() -> Diagnosis {
    Diagnosis::new(Cause::Interrupted, "the run was ended")
}

/// A response body on its way to the guest.
struct Delivery {
    body: Body,
    effect: Option<Box<dyn Effect>>,
    /// Held until the body has ended.
    permit: Option<OwnedSemaphorePermit>,
    shared: Arc<Shared>,
    interrupted: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl Delivery {
    fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Diagnosis>>> {
        if self.interrupted.as_mut().poll(context).is_ready() {
            return Poll::Ready(Some(Err(interrupted())));
        }
        let chunk = std::task::ready!(self.body.poll_chunk(context));
        if let (Some(Ok(bytes)), Some(effect)) = (&chunk, &mut self.effect) {
            effect.receive(bytes);
        }
        if let Some(Ok(bytes)) = &chunk {
            let Rules { meter, limits, .. } = &self.shared.rules;
            let decoded = meter.decoded(bytes.len());
            // What comes compressed may also be longer than what it unpacks to.
            let used = decoded.max(meter.reading().bytes_received);
            if let Err(over) = within_run("bytes received", used, limits) {
                return Poll::Ready(Some(Err(over)));
            }
        }
        Poll::Ready(chunk)
    }
}

impl http_body::Body for Delivery {
    type Data = Bytes;
    type Error = GuestError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, GuestError>>> {
        let chunk = std::task::ready!(self.poll_chunk(context));
        if !matches!(chunk, Some(Ok(_))) {
            self.permit = None;
        }
        Poll::Ready(chunk.map(|result| match result {
            Ok(bytes) => Ok(http_body::Frame::data(bytes)),
            Err(diagnosis) => {
                self.shared.error_log.note(&diagnosis);
                Err(diagnosis.for_guest())
            }
        }))
    }
}

#[cfg(test)]
mod tests;
