//! A table of values by id.

use std::collections::BTreeMap;

use crate::Id;

/// Bytes of one page: few, so that numbers with gaps waste little.
const PAGE: usize = 128;

/// A small value for each id, of 1 to 128 bytes; the default where none was set.
///
/// Dense numbers cost little more than their values, a number far from all
/// others costs a page of 128 bytes.
#[derive(Debug)]
pub struct Table<V> {
    pages: BTreeMap<u32, Box<[V]>>,
}

impl<V> Default for Table<V> {
    fn default() -> Self {
        Table {
            pages: BTreeMap::new(),
        }
    }
}

impl<V: Copy + Default> Table<V> {
    /// Values of one page: a power of two, so that pages end where the numbers do.
    const VALUES: u32 = 1 << (PAGE / size_of::<V>()).ilog2();

    /// Bytes of the pages in use, with their index.
    #[must_use]
    pub fn bytes(&self) -> usize {
        // A key, a pointer and a length in a node that is two thirds full.
        const LEADS: usize = 32;
        self.pages.len() * (PAGE + LEADS)
    }

    /// The value of an id.
    #[must_use]
    pub fn get(&self, id: Id) -> V {
        let (page, place) = Self::place(id);
        let page = self.pages.get(&page);
        page.map_or_else(V::default, |values| values[place])
    }

    /// The value of an id, to be changed.
    pub fn entry(&mut self, id: Id) -> &mut V {
        let (page, place) = Self::place(id);
        let empty = || vec![V::default(); Self::VALUES as usize].into();
        &mut self.pages.entry(page).or_insert_with(empty)[place]
    }

    /// All values of the pages in use, unset ones among them, in the order of the ids.
    pub fn iter(&self) -> impl Iterator<Item = (Id, V)> {
        self.from(Id::from_number(0))
    }

    /// As [`Table::iter`], from this id on.
    pub fn from(&self, first: Id) -> impl Iterator<Item = (Id, V)> {
        let (page, _) = Self::place(first);
        let pages = self.pages.range(page..);
        let values = pages.flat_map(|(page, values)| {
            let ids =
                (0..Self::VALUES).map(move |place| Id::from_number(page * Self::VALUES + place));
            ids.zip(values.iter().copied())
        });
        values.skip_while(move |(id, _)| *id < first)
    }

    /// All values of the pages in use, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.pages.values_mut().flatten()
    }

    fn place(id: Id) -> (u32, usize) {
        let number = id.number();
        (number / Self::VALUES, (number % Self::VALUES) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::Table;
    use crate::Id;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn a_table_is_a_map(
            changes in proptest::collection::vec((prop_oneof![0..300u32, 0..u32::MAX], 1..100u16), 0..200),
            first in 0..300u32,
        ) {
            let (mut table, mut map) = (Table::default(), BTreeMap::new());
            for (number, value) in changes {
                *table.entry(Id::from_number(number)) = value;
                map.insert(number, value);
            }
            let set: Vec<(u32, u16)> = table
                .from(Id::from_number(first))
                .filter(|(_, value)| *value > 0)
                .map(|(id, value)| (id.number(), value))
                .collect();
            let expected: Vec<(u32, u16)> = map.range(first..).map(|(id, value)| (*id, *value)).collect();
            prop_assert_eq!(set, expected);
            for (&number, &value) in &map {
                prop_assert_eq!(table.get(Id::from_number(number)), value);
            }
        }
    }

    #[test]
    fn what_was_never_set_is_the_default() {
        let mut table = Table::default();
        *table.entry(Id::from_number(7)) = 1u8;
        assert_eq!(table.get(Id::from_number(8)), 0);
        assert_eq!(table.get(Id::from_number(u32::MAX)), 0);
        assert_eq!(
            table.iter().map(|(_, value)| u32::from(value)).sum::<u32>(),
            1
        );
    }
}
