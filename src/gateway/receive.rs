//! Reads a request's body: whole, bounded in bytes and in time.

use super::edge;
use super::refusal::Refusal;
use crate::event::RequestHead;
use crate::stop::Stop;
use bytes::{Bytes, BytesMut};
use http_body::Body;
use http_body_util::BodyExt;
use std::fmt::Display;
use std::pin::pin;
use std::time::Duration;

/// The most that is read where the limit is switched off.
pub(super) const CEILING: usize = 64 * 1024 * 1024;

/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);

/// How much of a body over the limit is read and thrown away before the refusal is sent. A server
/// that answers and closes while the client still sends makes the client see a reset connection
/// instead of the answer.
const DRAINED: usize = 32 * 1024 * 1024;
/// How long that may take.
const DRAIN_PATIENCE: Duration = Duration::from_secs(2);

/// How long a body may still take to arrive once the server is to end.
const LAST_PATIENCE: Duration = Duration::from_millis(250);

/// Reads all of `body`, which follows `head`, at most `most` bytes. One that the client asks for first
/// and that is too large is not asked for.
pub(super) async fn body<B>(
    body: B,
    head: &RequestHead,
    most: usize,
    stop: &Stop,
) -> Result<Bytes, Refusal>
where
    B: Body<Data = Bytes>,
    B::Error: Display,
{
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    let stopped = async {
        stop.wait().await;
        tokio::time::sleep(LAST_PATIENCE).await;
    };
    tokio::select! {
        biased;
        read = read(body, most, edge::asks_first(head)) => read,
        () = tokio::time::sleep(PATIENCE) => Err(Refusal::Slow(PATIENCE)),
        () = stopped => Err(Refusal::Stopping),
    }
}

async fn read<B>(body: B, most: usize, asks_first: bool) -> Result<Bytes, Refusal>
where
    B: Body<Data = Bytes>,
    B::Error: Display,
{
    let mut body = pin!(body);
    if body.size_hint().lower() > most as u64 {
        if !asks_first {
            drain(body).await;
        }
        return Err(Refusal::TooLarge { most });
    }
    // Nearly every body comes in one piece, which is then not copied.
    let mut first = Bytes::new();
    let mut rest: Option<BytesMut> = None;
    let mut length = 0;
    // Once the announced length is there, hyper's own end of the stream would come a wake-up later.
    while !body.is_end_stream()
        && let Some(frame) = body.frame().await
    {
        let frame = frame.map_err(|broken| Refusal::BodyBroken(broken.to_string()))?;
        // Trailers carry nothing that a function could see.
        let Ok(data) = frame.into_data() else {
            continue;
        };
        length += data.len();
        if length > most {
            drain(body).await;
            return Err(Refusal::TooLarge { most });
        }
        match &mut rest {
            Some(rest) => rest.extend_from_slice(&data),
            None if first.is_empty() => first = data,
            None => {
                let mut joined = BytesMut::with_capacity(length);
                joined.extend_from_slice(&first);
                joined.extend_from_slice(&data);
                rest = Some(joined);
            }
        }
    }
    Ok(rest.map_or(first, BytesMut::freeze))
}

async fn drain<B: Body<Data = Bytes>>(mut body: std::pin::Pin<&mut B>) {
    let reading = async {
        let mut read = 0;
        while let Some(Ok(frame)) = body.frame().await {
            read += frame.data_ref().map_or(0, Bytes::len);
            if read > DRAINED {
                break;
            }
        }
    };
    // Whether it ended or ran out of time, the refusal is sent now.
    let _ = tokio::time::timeout(DRAIN_PATIENCE, reading).await;
}
