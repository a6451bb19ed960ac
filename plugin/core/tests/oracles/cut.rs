//! Bytes that arrive in pieces.

/// Bytes and the lengths of the pieces they come in.
#[derive(Clone, Debug)]
pub struct Cut<'b> {
    /// Lengths of the pieces, used again and again; none leaves the bytes whole.
    pub lengths: Vec<u8>,
    /// The bytes.
    pub bytes: &'b [u8],
}

impl<'b> Cut<'b> {
    /// Reads a fuzzer's input: a byte with the number of lengths, at most 15,
    /// the lengths, the bytes.
    #[must_use]
    pub fn of(data: &'b [u8]) -> Self {
        let (count, rest) = match data.split_first() {
            Some((count, rest)) => (usize::from(count % 16).min(rest.len()), rest),
            None => (0, data),
        };
        let (lengths, bytes) = rest.split_at(count);
        Cut {
            lengths: lengths.to_vec(),
            bytes,
        }
    }

    /// The same bytes uncut.
    #[must_use]
    pub fn whole(&self) -> Self {
        Cut {
            lengths: Vec::new(),
            bytes: self.bytes,
        }
    }

    /// The pieces, in order; some may be empty.
    #[must_use]
    pub fn pieces(&self) -> Vec<&'b [u8]> {
        if self.lengths.iter().all(|&length| length == 0) {
            return vec![self.bytes];
        }
        let mut pieces = Vec::new();
        let mut rest = self.bytes;
        for &length in self.lengths.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (piece, after) = rest.split_at(usize::from(length).min(rest.len()));
            pieces.push(piece);
            rest = after;
        }
        pieces
    }
}
