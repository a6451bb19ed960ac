//! Takes the content coding off a body, a bounded chunk at a time.

use bytes::Bytes;
use flate2::{Decompress, FlushDecompress, Status};

use super::{CHUNK, Coding};
use crate::gateway::diagnosis::{Cause, Diagnosis};

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
/// The largest window that gzip knows.
const WINDOW_BITS: u8 = 15;

pub(super) enum Decoder {
    Identity {
        input: Bytes,
    },
    Gzip {
        inflate: Box<Decompress>,
        input: Bytes,
        state: Member,
    },
}

/// Where in a gzip stream, which is a sequence of members, the decoder is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Member {
    /// Nothing has come yet: an empty body has no members.
    Before,
    Within,
    /// A member has ended; another one may follow.
    After,
    /// What follows the last member is padding.
    Padding,
}

impl Decoder {
    pub(super) fn new(coding: Coding) -> Self {
        let input = Bytes::new();
        match coding {
            Coding::Identity => Decoder::Identity { input },
            Coding::Gzip => Decoder::Gzip {
                inflate: Box::new(Decompress::new_gzip(WINDOW_BITS)),
                input,
                state: Member::Before,
            },
        }
    }

    /// Takes the next piece; the former one has been drained by [`Decoder::chunk`].
    pub(super) fn feed(&mut self, data: Bytes) {
        match self {
            Decoder::Identity { input } | Decoder::Gzip { input, .. } => *input = data,
        }
    }

    /// The next chunk that can be made of what was fed.
    pub(super) fn chunk(&mut self, server: &str) -> Result<Option<Bytes>, Diagnosis> {
        match self {
            Decoder::Identity { input } => {
                let length = input.len().min(CHUNK);
                Ok((length > 0).then(|| input.split_to(length)))
            }
            Decoder::Gzip {
                inflate,
                input,
                state,
            } => inflate_chunk(inflate, input, state).map_err(|_| {
                Diagnosis::new(
                    Cause::Coding,
                    format!("{server} sent a damaged gzip body; check for a proxy in between"),
                )
            }),
        }
    }

    /// Checks that the body ended where its coding says.
    pub(super) fn finish(&self, server: &str) -> Result<(), Diagnosis> {
        match self {
            Decoder::Gzip {
                state: Member::Within,
                ..
            } => Err(Diagnosis::new(
                Cause::Incomplete,
                format!("{server} ended its reply in the middle of a gzip stream"),
            )),
            _ => Ok(()),
        }
    }
}

fn inflate_chunk(
    inflate: &mut Decompress,
    input: &mut Bytes,
    state: &mut Member,
) -> Result<Option<Bytes>, flate2::DecompressError> {
    let mut output = Vec::with_capacity(CHUNK);
    while output.len() < CHUNK {
        if *state == Member::Padding {
            input.clear();
        }
        if input.is_empty() && *state != Member::Within {
            break;
        }
        if *state == Member::After {
            if !input.starts_with(&GZIP_MAGIC[..input.len().min(2)]) {
                *state = Member::Padding;
                continue;
            }
            *inflate = Decompress::new_gzip(WINDOW_BITS);
        }
        *state = Member::Within;
        let (input_before, output_before) = (inflate.total_in(), output.len());
        let status = inflate.decompress_vec(input, &mut output, FlushDecompress::None)?;
        let consumed = inflate.total_in() - input_before;
        let consumed = usize::try_from(consumed).unwrap_or(input.len());
        let _ = input.split_to(consumed.min(input.len()));
        if status == Status::StreamEnd {
            *state = Member::After;
        } else if consumed == 0 && output.len() == output_before {
            // All input is taken and nothing more can be made of it.
            break;
        }
    }
    Ok((!output.is_empty()).then(|| output.into()))
}
