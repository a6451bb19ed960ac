//! Finds a field among the shapes in a handful of steps: the lookup runs for
//! every nested element of every object.

use super::{FIELDS, Shape};

/// A power of two, about four times as many as there are fields.
const SLOTS: usize = 2048;
const FREE: (u8, u8) = (u8::MAX, u8::MAX);

/// Open addressing, filled by the compiler: per slot a parent and one of its fields.
static INDEX: [(u8, u8); SLOTS] = build();

pub(super) fn find(parent: &str, field: &str) -> Option<Shape> {
    let mut slot = slot(parent.as_bytes(), field.as_bytes());
    loop {
        let (group, entry) = INDEX[slot];
        if (group, entry) == FREE {
            return None;
        }
        let (name, fields) = FIELDS[usize::from(group)];
        let (candidate, shape) = fields[usize::from(entry)];
        if candidate == field && name == parent {
            return Some(shape);
        }
        slot = (slot + 1) % SLOTS;
    }
}

/// Lengths and end letters distinguish these names well enough, and cost nothing to read.
const fn slot(parent: &[u8], field: &[u8]) -> usize {
    let mut hash = parent.len().wrapping_mul(31).wrapping_add(field.len());
    if let (Some(first), Some(last)) = (parent.first(), parent.last()) {
        hash = hash.wrapping_mul(31).wrapping_add(*first as usize);
        hash = hash.wrapping_mul(31).wrapping_add(*last as usize);
    }
    if let (Some(first), Some(last)) = (field.first(), field.last()) {
        hash = hash.wrapping_mul(31).wrapping_add(*first as usize);
        hash = hash.wrapping_mul(31).wrapping_add(*last as usize);
    }
    (hash ^ (hash >> 10)) % SLOTS
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "`try_from` is not const; the assertion holds the bounds"
)]
const fn build() -> [(u8, u8); SLOTS] {
    let mut index = [FREE; SLOTS];
    let mut group = 0;
    while group < FIELDS.len() {
        let (parent, fields) = FIELDS[group];
        assert!(
            group < 255 && fields.len() < 255,
            "an index entry is a byte"
        );
        let mut entry = 0;
        while entry < fields.len() {
            let mut slot = slot(parent.as_bytes(), fields[entry].0.as_bytes());
            while index[slot].0 != FREE.0 {
                slot = (slot + 1) % SLOTS;
            }
            index[slot] = (group as u8, entry as u8);
            entry += 1;
        }
        group += 1;
    }
    index
}

#[cfg(test)]
mod tests {
    use super::{FIELDS, FREE, INDEX, SLOTS, find};

    #[test]
    fn every_field_is_found_as_itself() {
        for (parent, fields) in FIELDS {
            for (field, shape) in *fields {
                assert_eq!(find(parent, field), Some(*shape), "{parent}.{field}");
            }
        }
        assert_eq!(find("", ""), None);
        assert_eq!(find("VirtualDevice", "label"), None);
    }

    #[test]
    fn no_lookup_takes_more_than_a_few_steps() {
        let filled = INDEX.iter().filter(|slot| **slot != FREE).count();
        assert!(filled * 4 <= SLOTS, "{filled} of {SLOTS}");
        let longest = INDEX
            .chunk_by(|one, next| (*one == FREE) == (*next == FREE))
            .filter(|run| run[0] != FREE)
            .map(<[_]>::len)
            .max();
        assert!(longest <= Some(12), "{longest:?}");
    }
}
