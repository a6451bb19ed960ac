use std::convert::Infallible;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use http_body_util::StreamBody;
use tokio::time::Instant;

use super::{Body, Bounds, CHUNK, Coding, read_ahead};
use crate::gateway::diagnosis::{Cause, Diagnosis};
use crate::gateway::meter::Meter;

fn bounds() -> Bounds {
    let exchange = Duration::from_secs(300);
    Bounds {
        bytes: 1 << 30,
        run_bytes: 1 << 30,
        between_bytes: Duration::from_secs(60),
        deadline: (Instant::now() + exchange, exchange),
    }
}

/// A body in pieces; after the last one it ends, or stays silent for ever.
fn pieces(
    data: &[u8],
    piece: usize,
    ends: bool,
) -> impl http_body::Body<Data = Bytes, Error = Infallible> + Send + Unpin + use<> {
    let frames: Vec<_> = data
        .chunks(piece)
        .map(|piece| Ok(http_body::Frame::data(Bytes::copy_from_slice(piece))))
        .collect();
    let mut frames = frames.into_iter();
    StreamBody::new(futures_util::stream::poll_fn(move |_| {
        match frames.next() {
            None if !ends => std::task::Poll::Pending,
            frame => std::task::Poll::Ready(frame),
        }
    }))
}

async fn read(data: &[u8], piece: usize, coding: Coding) -> (Result<Bytes, Diagnosis>, Arc<Meter>) {
    let meter = Arc::new(Meter::default());
    let body = read_ahead(
        pieces(data, piece, true),
        coding,
        bounds(),
        meter.clone(),
        "the server".into(),
        None,
    );
    (body.collect().await, meter)
}

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(data).expect("memory");
    encoder.finish().expect("memory")
}

fn text() -> Vec<u8> {
    b"<obj type=\"VirtualMachine\">vm-1</obj>\n".repeat(20_000)
}

#[tokio::test]
async fn gzip_is_decoded_however_it_was_cut() {
    let packed = gzip(&text());
    for piece in [1, 7, 1000, packed.len()] {
        let (body, meter) = read(&packed, piece, Coding::Gzip).await;
        assert_eq!(body.expect("a body"), text());
        assert_eq!(meter.reading().bytes_received, packed.len() as u64);
    }
}

#[tokio::test]
async fn members_that_follow_each_other_are_one_body_and_padding_is_none() {
    let packed = [gzip(b"one "), gzip(b"two"), vec![0; 7]].concat();
    for piece in [1, packed.len()] {
        let (body, _) = read(&packed, piece, Coding::Gzip).await;
        assert_eq!(body.expect("a body"), "one two");
    }
}

#[tokio::test]
async fn an_empty_gzip_body_is_empty() {
    let (body, _) = read(b"", 1, Coding::Gzip).await;
    assert_eq!(body.expect("a body"), "");
}

#[tokio::test]
async fn a_gzip_body_that_ends_early_is_incomplete() {
    let packed = gzip(&text());
    let (body, _) = read(&packed[..packed.len() - 9], 1000, Coding::Gzip).await;
    assert_eq!(body.expect_err("incomplete").cause, Cause::Incomplete);
}

#[tokio::test]
async fn a_body_that_is_not_the_gzip_it_claims_to_be_is_reported() {
    let (body, _) = read(b"<html>proxy</html>", 100, Coding::Gzip).await;
    let diagnosis = body.expect_err("damaged");
    assert_eq!(diagnosis.cause, Cause::Coding);
    assert!(diagnosis.message.contains("proxy"), "{diagnosis}");
}

#[tokio::test]
async fn chunks_are_never_larger_than_promised() {
    let packed = gzip(&text());
    let meter = Arc::new(Meter::default());
    for (data, coding) in [(packed, Coding::Gzip), (text(), Coding::Identity)] {
        let incoming = pieces(&data, data.len(), true);
        let mut body = read_ahead(incoming, coding, bounds(), meter.clone(), "it".into(), None);
        while let Some(chunk) = body.chunk().await {
            let length = chunk.expect("a chunk").len();
            assert!((1..=CHUNK).contains(&length), "{length}");
        }
    }
}

#[tokio::test]
async fn a_body_over_its_cap_is_cut_off_after_decoding_too() {
    let packed = gzip(&text());
    let within = Bounds {
        bytes: packed.len() as u64 + 1,
        ..bounds()
    };
    let incoming = pieces(&packed, 1000, true);
    let body = read_ahead(
        incoming,
        Coding::Gzip,
        within,
        Arc::default(),
        "it".into(),
        None,
    );
    let diagnosis = body.collect().await.expect_err("over the cap");
    let problem = diagnosis.problem().expect("a problem of the host");
    let context = problem.redacted_context.expect("facts");
    assert_eq!(context["budget"], "response body");
    assert_eq!(context["allowed"], packed.len() as u64 + 1);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_falls_silent_is_reported_after_the_limit() {
    let incoming = pieces(b"half an answ", 4, false);
    let body = read_ahead(
        incoming,
        Coding::Identity,
        bounds(),
        Arc::default(),
        "it".into(),
        None,
    );
    let begun = Instant::now();
    let diagnosis = body.collect().await.expect_err("silence");
    assert_eq!(diagnosis.cause, Cause::ReadTimeout);
    assert_eq!(begun.elapsed().as_secs(), 60);
}

#[tokio::test(start_paused = true)]
async fn an_exchange_is_over_at_its_deadline_however_lively() {
    let incoming = pieces(b"half an answ", 4, false);
    let short = Duration::from_secs(5);
    let within = Bounds {
        deadline: (Instant::now() + short, short),
        ..bounds()
    };
    let body = read_ahead(
        incoming,
        Coding::Identity,
        within,
        Arc::default(),
        "it".into(),
        None,
    );
    let diagnosis = body.collect().await.expect_err("too long");
    assert!(diagnosis.message.contains("page_size"), "{diagnosis}");
}

/// As when the output of a run is not taken.
#[tokio::test(start_paused = true)]
async fn time_in_which_nobody_reads_is_not_the_servers() {
    let short = Duration::from_secs(5);
    let within = Bounds {
        deadline: (Instant::now() + short, short),
        ..bounds()
    };
    let frames = futures_util::stream::unfold(0, |sent| async move {
        // Two seconds of the server's own, in all.
        tokio::time::sleep(Duration::from_millis(100)).await;
        let frame = http_body::Frame::data(Bytes::from(vec![b'x'; CHUNK]));
        (sent < 20).then_some((Ok::<_, Infallible>(frame), sent + 1))
    });
    let incoming = StreamBody::new(Box::pin(frames));
    let (meter, server) = (Arc::default(), "it".into());
    let mut body = read_ahead(incoming, Coding::Identity, within, meter, server, None);
    let mut received = 0;
    while let Some(chunk) = body.chunk().await {
        received += chunk.expect("no time-out").len();
        tokio::time::sleep(Duration::from_secs(30)).await;
    }
    assert_eq!(received, 20 * CHUNK);
}

#[tokio::test]
async fn a_whole_body_comes_in_chunks_past_its_tap() {
    let (seen, see) = std::sync::mpsc::channel();
    let body = Body::whole(Bytes::from(vec![7; CHUNK + 1]));
    let body = body.tapped(Box::new(move |chunk| {
        let _ = seen.send(chunk.map(Bytes::len));
    }));
    assert_eq!(body.collect().await.expect("a body").len(), CHUNK + 1);
    let lengths: Vec<_> = see.try_iter().collect();
    assert_eq!(lengths, [Some(CHUNK), Some(1), None]);
}

/// Empty members of gzip are bytes that decoding does not show.
#[tokio::test]
async fn a_run_is_over_budget_by_bytes_of_the_wire_that_decode_to_nothing() {
    let nothing = gzip(b"").repeat(10);
    let bounds = Bounds {
        run_bytes: nothing.len() as u64,
        ..bounds()
    };
    let meter = Arc::new(Meter::default());
    let read = || {
        let body = pieces(&nothing, 64, true);
        let coding = Coding::Gzip;
        let server = "the server".into();
        read_ahead(body, coding, bounds.clone(), meter.clone(), server, None).collect()
    };
    assert_eq!(read().await.expect("within the budget"), "");
    let over = read().await.expect_err("over the budget");
    assert!(
        over.message.starts_with("bytes received over budget"),
        "{over}"
    );
}

#[tokio::test]
async fn what_was_looked_at_stays_part_of_the_body() {
    let data = vec![7_u8; 3 * CHUNK];
    let mut seen = 0;
    let (count, counted) = tokio::sync::mpsc::unbounded_channel();
    let mut body = Body::whole(data.clone().into()).tapped(Box::new(move |chunk| {
        seen += chunk.map_or(0, Bytes::len);
        count.send(seen).expect("a listener");
    }));
    assert_eq!(body.peek(CHUNK + 1).await, data[..2 * CHUNK]);
    assert_eq!(body.collect().await.expect("whole"), data);
    let mut counted = counted;
    let mut last = 0;
    while let Some(sum) = counted.recv().await {
        last = sum;
    }
    assert_eq!(last, data.len(), "the tap sees everything once");
}
