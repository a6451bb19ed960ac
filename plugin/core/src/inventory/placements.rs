//! All placements of a run, in the order stored, in a few bytes each.
//!
//! Objects that a server lists in sequence have numbers close to
//! each other, so each placement is stored as its difference from the previous one.

use integer_encoding::VarInt as _;
use stocktake_ids::Id;

use super::{Placement, Source};

/// Bytes of one block; a rest too small for a placement is left free.
const BLOCK: usize = 4096;
/// A source and two differences of 33 bits.
const LONGEST: usize = 1 + 5 + 5;

/// All placements of a run, in the order stored.
#[derive(Debug, Default)]
pub struct Placements {
    blocks: Vec<Vec<u8>>,
    last: Last,
}

/// A place between two placements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bookmark {
    block: usize,
    offset: usize,
    last: Last,
}

/// The ids of the placement before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Last {
    from: u32,
    to: u32,
}

impl Placements {
    /// Appends a placement.
    pub fn push(&mut self, placement: Placement) {
        let full = |block: &Vec<u8>| block.len() + LONGEST > BLOCK;
        if self.blocks.last().is_none_or(full) {
            self.blocks.push(Vec::with_capacity(BLOCK));
        }
        let Some(block) = self.blocks.last_mut() else {
            return;
        };
        block.push(placement.source.number());
        for (last, id) in [
            (&mut self.last.from, placement.from),
            (&mut self.last.to, placement.to),
        ] {
            let difference = i64::from(id.number()) - i64::from(*last);
            let mut spelled = [0; 5];
            let length = difference.encode_var(&mut spelled);
            block.extend_from_slice(&spelled[..length]);
            *last = id.number();
        }
    }

    /// The placement at `bookmark`, which moves past it.
    pub fn next(&self, bookmark: &mut Bookmark) -> Option<Placement> {
        let mut rest = self.blocks.get(bookmark.block)?.get(bookmark.offset..)?;
        if rest.is_empty() {
            bookmark.block += 1;
            bookmark.offset = 0;
            rest = self.blocks.get(bookmark.block)?;
        }
        let (&source, mut rest) = rest.split_first()?;
        let source = Source::from_number(source)?;
        let mut id = |last: &mut u32| {
            let (difference, length) = i64::decode_var(rest)?;
            rest = rest.get(length..)?;
            *last = u32::try_from(i64::from(*last) + difference).ok()?;
            bookmark.offset += length;
            Some(Id::from_number(*last))
        };
        let placement = Placement {
            source,
            from: id(&mut bookmark.last.from)?,
            to: id(&mut bookmark.last.to)?,
        };
        bookmark.offset += 1;
        Some(placement)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::{Bookmark, Id, Placement, Placements, Source};

    #[test]
    fn placements_come_as_they_were_told() {
        let ids = [0, 1, 2, 3, 1 << 27, u32::MAX - 1, 7, 0, u32::MAX - 1];
        let sources = Source::all();
        assert_eq!(sources.len(), 72);
        let stored: Vec<Placement> = (0..5000)
            .map(|number: usize| Placement {
                source: sources[number % sources.len()],
                from: Id::from_number(ids[number % ids.len()]),
                to: Id::from_number(ids[number / ids.len() % ids.len()]),
            })
            .collect();
        let mut placements = Placements::default();
        assert!(placements.is_empty());
        for placement in &stored {
            placements.push(*placement);
        }
        let mut bookmark = Bookmark::default();
        let found: Vec<Placement> = std::iter::from_fn(|| placements.next(&mut bookmark)).collect();
        assert!(found == stored, "{} of {}", found.len(), stored.len());
        assert_eq!(placements.next(&mut bookmark), None);
    }
}
