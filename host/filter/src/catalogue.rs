//! The fields that a filter may name.

use std::collections::BTreeMap;

use crate::unit::Unit;

/// What the values of a field are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Type {
    /// Text: compared without regard to ASCII case; not ordered.
    Text,
    /// One of these texts; any other is a mistake of the filter.
    Choice(&'static [&'static str]),
    /// Text such as `8.0.3`, ordered by [`version_key`](crate::version_key).
    Version,
    /// A number without a unit.
    Number,
    /// A number in a unit.
    Quantity(Unit),
    /// True or false.
    Boolean,
    /// A time, RFC 3339.
    Time,
    /// Text, number or boolean, differing from record to record.
    Scalar,
}

/// A field of a catalogue, as a filter names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field<B> {
    /// Its name, whatever alias was written.
    pub name: String,
    /// The entry of a keyed field: `env` of `tags.env`. Keys are compared without regard to ASCII case. None names all entries.
    pub key: Option<String>,
    /// What its values are.
    pub value_type: Type,
    /// Whether a record can have several values of it.
    pub list: bool,
    /// Where its values are, in the catalogue's own terms: a column, a path.
    pub binding: B,
}

/// What a filter is resolved against.
///
/// [`Fields`] is one; implement it where fields are not known beforehand.
pub trait Catalogue {
    /// Where values are: a column of a table, a path in a document.
    type Binding: Clone;

    /// The field of this name; segments compare without regard to ASCII case.
    fn field(&self, segments: &[String]) -> Option<Field<Self::Binding>>;

    /// Every name, aliases as well, to suggest one for a misspelt name.
    fn names(&self) -> Vec<&str>;
}

/// A table of fields.
///
/// ```
/// use stocktake_filter::{Catalogue as _, Fields, Type, Unit};
///
/// let fields = Fields::new()
///     .with("hardware.memory_bytes", Type::Quantity(Unit::Bytes), "memory_bytes")
///     .alias("memory")
///     .with("tags", Type::Text, "tags.name")
///     .list()
///     .keyed();
/// let name = |text: &str| -> Vec<String> { text.split('.').map(str::to_owned).collect() };
/// let memory = fields.field(&name("Memory")).expect("an alias, in any case");
/// assert_eq!(memory.name, "hardware.memory_bytes");
/// let tag = fields.field(&name("tags.env")).expect("an entry");
/// assert_eq!(tag.key.as_deref(), Some("env"));
/// ```
#[derive(Debug, Clone)]
pub struct Fields<B> {
    entries: Vec<Entry<B>>,
    /// Names as written and their entry, by their segments in lower case.
    names: BTreeMap<Vec<String>, (String, usize)>,
}

#[derive(Debug, Clone)]
struct Entry<B> {
    field: Field<B>,
    keyed: bool,
}

impl<B> Default for Fields<B> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            names: BTreeMap::new(),
        }
    }
}

impl<B: Clone> Fields<B> {
    /// A table without fields.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a field; the segments of its name stand between dots.
    ///
    /// # Panics
    /// When another field has this name or alias.
    #[must_use]
    pub fn with(mut self, name: &str, value_type: Type, binding: B) -> Self {
        self.entries.push(Entry {
            field: Field {
                name: name.to_owned(),
                key: None,
                value_type,
                list: false,
                binding,
            },
            keyed: false,
        });
        self.alias(name)
    }

    /// Gives the field that was added last another name.
    ///
    /// # Panics
    /// When another field has this name or alias, or there is no field.
    #[must_use]
    pub fn alias(mut self, name: &str) -> Self {
        let last = self
            .entries
            .len()
            .checked_sub(1)
            .expect("a field to give the alias to");
        let segments = name.split('.').map(str::to_ascii_lowercase).collect();
        let former = self.names.insert(segments, (name.to_owned(), last));
        assert!(
            former.is_none_or(|(_, entry)| entry == last),
            "two fields have the name {name}"
        );
        self
    }

    /// Lets the field that was added last have several values.
    #[must_use]
    pub fn list(mut self) -> Self {
        if let Some(entry) = self.entries.last_mut() {
            entry.field.list = true;
        }
        self
    }

    /// Lets the field that was added last have entries, named by a further segment. All together they are several values; each has
    /// several only if the field is a [`list`](Self::list) too.
    #[must_use]
    pub fn keyed(mut self) -> Self {
        if let Some(entry) = self.entries.last_mut() {
            entry.keyed = true;
        }
        self
    }

    /// Its fields, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = &Field<B>> {
        self.entries.iter().map(|entry| &entry.field)
    }

    /// The other names of a field.
    pub fn aliases(&self, name: &str) -> impl Iterator<Item = &str> {
        self.names.values().filter_map(move |(alias, entry)| {
            let canonical = &self.entries.get(*entry)?.field.name;
            (canonical == name && alias != name).then_some(alias.as_str())
        })
    }

    fn entry(&self, segments: &[String]) -> Option<&Entry<B>> {
        let folded: Vec<String> = segments.iter().map(|s| s.to_ascii_lowercase()).collect();
        let (_, entry) = self.names.get(&folded)?;
        self.entries.get(*entry)
    }
}

impl<B: Clone> Catalogue for Fields<B> {
    type Binding = B;

    fn field(&self, segments: &[String]) -> Option<Field<B>> {
        if let Some(entry) = self.entry(segments) {
            return Some(Field {
                list: entry.field.list || entry.keyed,
                ..entry.field.clone()
            });
        }
        let (key, name) = segments.split_last()?;
        let entry = self.entry(name).filter(|entry| entry.keyed)?;
        Some(Field {
            key: Some(key.clone()),
            ..entry.field.clone()
        })
    }

    fn names(&self) -> Vec<&str> {
        self.names.values().map(|(name, _)| name.as_str()).collect()
    }
}
