//! Names as vCenter stores them: `/`, `\` and `%` are percent-encoded, and
//! nothing else is.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt::Display;
use std::hash::Hash;

/// Names by key, of which no two are the same: those that several keys share end with a mark of their
/// key, as in `owner [7]`.
pub fn distinguish<K: Copy + Eq + Hash, M: Display>(
    named: &[(K, &str)],
    mark: impl Fn(&K) -> M,
) -> HashMap<K, String> {
    let mut times = HashMap::new();
    for (_, name) in named {
        *times.entry(*name).or_insert(0_u32) += 1;
    }
    let is_unique = |name: &str| times.get(name) == Some(&1);
    let unique = named.iter().filter(|(_, name)| is_unique(name));
    let mut taken: HashSet<String> = unique.map(|(_, name)| (*name).to_owned()).collect();
    let names = named.iter().map(|(key, name)| {
        let mut unique = (*name).to_owned();
        if !is_unique(name) {
            let mark = format!(" [{}]", mark(key));
            unique += &mark;
            while !taken.insert(unique.clone()) {
                unique += &mark;
            }
        }
        (*key, unique)
    });
    names.collect()
}

/// The displayed name: `%2f`, `%5c` and `%25` decoded, once, and nothing
/// else. A `+` is a plus.
#[must_use]
pub fn decode(name: &str) -> Cow<'_, str> {
    let Some(first) = name.find('%') else {
        return Cow::Borrowed(name);
    };
    let mut decoded = String::with_capacity(name.len());
    let (plain, mut rest) = name.split_at(first);
    decoded.push_str(plain);
    while let Some(character) = rest.chars().next() {
        let (taken, written) = match escape(rest) {
            Some(meant) => (3, meant),
            None => (character.len_utf8(), character),
        };
        decoded.push(written);
        rest = &rest[taken..];
    }
    Cow::Owned(decoded)
}

fn escape(text: &str) -> Option<char> {
    match text.as_bytes() {
        [b'%', b'2', b'f' | b'F', ..] => Some('/'),
        [b'%', b'5', b'c' | b'C', ..] => Some('\\'),
        [b'%', b'2', b'5', ..] => Some('%'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::decode;

    #[test]
    fn only_slash_backslash_and_percent_are_decoded_and_only_once() {
        let cases = [
            ("web01", "web01"),
            ("a%2fb", "a/b"),
            ("a%2Fb%5cc%5Cd%25e", r"a/b\c\d%e"),
            ("%252f", "%2f"),
            ("%25252f", "%252f"),
            ("a+b", "a+b"),
            ("a%20b", "a%20b"),
            ("100%", "100%"),
            ("%", "%"),
            ("%2", "%2"),
            ("%%2f", "%/"),
            ("ü%2fß%é", "ü/ß%é"),
            ("🚀%5c🚀", r"🚀\🚀"),
            ("", ""),
        ];
        for (name, decoded) in cases {
            assert_eq!(decode(name), decoded, "{name}");
        }
    }

    #[test]
    fn a_name_without_escapes_is_not_copied() {
        assert!(matches!(decode("web+01"), Cow::Borrowed(_)));
    }
}
