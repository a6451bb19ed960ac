use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::time::Instant;

use super::{Bounds, Retries, Retry};
use crate::gateway::{
    Authority, Body, Call, Cause, Diagnosis, OutboundRequest, Timeouts, Transport,
};
use crate::testing::log::events;

type Answer = Result<http::Response<Body>, Diagnosis>;

/// Answers from a list, and by 200 when that is at its end.
#[derive(Debug, Default)]
struct Script {
    answers: Mutex<VecDeque<Answer>>,
    sent: Mutex<u32>,
}

#[async_trait]
impl Transport for Script {
    async fn send(&self, _: OutboundRequest) -> Answer {
        *self.sent.lock().expect("a count") += 1;
        let next = self.answers.lock().expect("a script").pop_front();
        next.unwrap_or_else(|| answer(200, &[]))
    }
}

fn answer(status: u16, headers: &[(&str, &str)]) -> Answer {
    let mut response = http::Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    Ok(response
        .body(Body::whole(Bytes::new()))
        .expect("a response"))
}

fn failure(cause: Cause) -> Answer {
    Err(Diagnosis::new(cause, "it failed"))
}

fn call(is_repeatable: bool) -> OutboundRequest {
    OutboundRequest {
        call: Some(Call {
            name: "CurrentTime".to_owned(),
            is_repeatable,
        }),
        request: http::Request::post("https://vc.lan/sdk")
            .body(Bytes::new())
            .expect("a request"),
        timeouts: Timeouts {
            first_byte: Duration::from_secs(1),
            between_bytes: Duration::from_secs(1),
            exchange: Duration::from_secs(1),
        },
        meter: Arc::default(),
    }
}

const FREELY: Bounds = Bounds {
    requests: 100,
    deadline: None,
};

/// What became of a call that met these answers, how often it was sent, and how long it took.
async fn send(
    outbound: OutboundRequest,
    answers: impl IntoIterator<Item = Answer>,
    bounds: Bounds,
) -> (Answer, u32, Duration) {
    let script = Arc::new(Script {
        answers: Mutex::new(answers.into_iter().collect()),
        ..Script::default()
    });
    let endpoint = Authority::from_url("https://vc.lan").expect("a URL");
    let begun = Instant::now();
    let retry = Retry::new(endpoint, script.clone(), Retries::default(), bounds);
    let answered = retry.send(outbound).await;
    let sent = *script.sent.lock().expect("a count");
    (answered, sent, begun.elapsed())
}

async fn sends(outbound: OutboundRequest, first: Answer) -> u32 {
    send(outbound, [first], FREELY).await.1
}

#[tokio::test(start_paused = true)]
async fn calls_that_change_nothing_are_sent_again_and_others_are_not() {
    assert_eq!(sends(call(true), answer(503, &[])).await, 2);
    assert_eq!(sends(call(false), answer(503, &[])).await, 1);
    let mut unknown = call(true);
    unknown.call = None;
    assert_eq!(sends(unknown, answer(503, &[])).await, 1);
}

#[tokio::test(start_paused = true)]
async fn setbacks_are_got_over_and_what_would_come_again_is_handed_on() {
    let xml = [("content-type", "text/xml; charset=utf-8")];
    let too_long = [("retry-after", "31")];
    for (first, expected) in [
        (failure(Cause::Refused), 2),
        (failure(Cause::Unreachable), 2),
        (failure(Cause::ConnectTimeout), 2),
        (failure(Cause::Incomplete), 2),
        (answer(429, &[]), 2),
        (answer(502, &[]), 2),
        (answer(503, &[]), 2),
        (answer(504, &[]), 2),
        (failure(Cause::Certificate), 1),
        (failure(Cause::Tls), 1),
        (failure(Cause::Denied), 1),
        (failure(Cause::Prohibited), 1),
        (failure(Cause::Interrupted), 1),
        (failure(Cause::Unresolvable), 1),
        (failure(Cause::ResponseTimeout), 1),
        (failure(Cause::Protocol), 1),
        (failure(Cause::Coding), 1),
        (answer(200, &[]), 1),
        (answer(302, &[]), 1),
        (answer(401, &[]), 1),
        (answer(404, &[]), 1),
        (answer(500, &xml), 1),
        (answer(500, &[]), 1),
        (answer(503, &xml), 1),
        (answer(503, &too_long), 1),
    ] {
        let shown = format!("{first:?}");
        assert_eq!(sends(call(true), first).await, expected, "{shown}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_last_failure_is_handed_on_when_the_attempts_are_used_up() {
    let answers = [answer(502, &[]), answer(503, &[]), answer(504, &[])];
    let (answered, sent, _) = send(call(true), answers, FREELY).await;
    assert_eq!(answered.expect("a head").status(), 504);
    assert_eq!(sent, 3);
}

#[tokio::test(start_paused = true)]
async fn what_a_server_asks_for_is_waited_for_exactly() {
    let asked = [("retry-after", "7")];
    let answers = [answer(503, &asked), answer(429, &asked)];
    let (answered, sent, took) = send(call(true), answers, FREELY).await;
    assert_eq!(answered.expect("a head").status(), 200);
    assert_eq!((sent, took.as_secs()), (3, 14));
}

#[tokio::test(start_paused = true)]
async fn no_attempt_begins_behind_the_deadline() {
    let bounds = Bounds {
        deadline: Some(Instant::now() + Duration::from_secs(10)),
        ..FREELY
    };
    let asked = [("retry-after", "6")];
    let answers = [answer(503, &asked), answer(503, &asked)];
    let (answered, sent, took) = send(call(true), answers, bounds).await;
    assert_eq!(answered.expect("a head").status(), 503);
    assert_eq!((sent, took.as_secs()), (2, 6));
}

#[tokio::test(start_paused = true)]
async fn attempts_are_counted_and_taken_from_the_budget() {
    let outbound = call(true);
    let (meter, length) = (outbound.meter.clone(), outbound.request.body().len() as u64);
    // As the gateway counts the first one.
    meter.request();
    let bounds = Bounds {
        requests: 2,
        ..FREELY
    };
    let answers = [answer(503, &[]), answer(503, &[])];
    let (answered, sent, _) = send(outbound, answers, bounds).await;
    let diagnosis = answered.expect_err("over budget");
    assert!(matches!(diagnosis.cause, Cause::Budget { allowed: 2, .. }));
    assert_eq!(sent, 2);
    assert_eq!(meter.reading().bytes_sent, length);
}

#[test]
fn every_further_attempt_is_an_event() {
    let executor = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    let asked = [("retry-after", "2")];
    let answers = [answer(503, &asked), answer(429, &asked)];
    let events = events(|| {
        let sent = executor.block_on(send(call(true), answers, FREELY)).1;
        assert_eq!(sent, 3);
    });
    let expected = |attempt: u32, cause: &str| {
        format!(
            "WARN a call is tried again endpoint=https://vc.lan:443 method=\"CurrentTime\" attempt={attempt} cause=\"{cause}\" wait_ms=2000"
        )
    };
    assert_eq!(events, [expected(1, "503"), expected(2, "429")]);
}
