//! Names and slugs as NetBox's models hold them.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

/// Characters of the name of a device, VM or interface.
pub(super) const SHORT: usize = 64;
/// Characters of other names, and of slugs.
pub(super) const LONG: usize = 100;
/// Characters of a description.
const DESCRIPTION: usize = 200;

/// Names and slugs that are taken, without case.
#[derive(Debug, Default)]
pub(super) struct Names {
    names: HashSet<String>,
    spelled: HashMap<String, String>,
    slugs: HashSet<String>,
}

impl Names {
    /// The name, or one that ends with the id, or also with a number, if it is taken.
    pub(super) fn unique(&mut self, wanted: &str, id: &str, length: usize) -> String {
        let mut name = fitted(wanted, length);
        let mut number = 1;
        while !self.names.insert(name.to_lowercase()) {
            let end = if number == 1 {
                format!(" ({id})")
            } else {
                format!(" ({id}, {number})")
            };
            let room = length.saturating_sub(end.chars().count());
            name = fitted(wanted, room) + &end;
            number += 1;
        }
        name
    }

    /// The name that what has this key, whatever its case, has had from its first time on, and whether this is the first time.
    pub(super) fn once(&mut self, key: &str, name: String) -> (String, bool) {
        match self.spelled.entry(key.to_lowercase()) {
            Entry::Occupied(known) => (known.get().clone(), false),
            Entry::Vacant(place) => (place.insert(name).clone(), true),
        }
    }

    /// The slug, or one with a number, if it is taken.
    pub(super) fn slug(&mut self, wanted: &str) -> String {
        let mut slug = wanted.to_owned();
        let mut number = 1;
        while !self.slugs.insert(slug.clone()) {
            number += 1;
            let end = format!("-{number}");
            slug = wanted.chars().take(LONG - end.len()).collect::<String>() + &end;
        }
        slug
    }
}

/// The text on one line, without white space at its ends, which forms remove, cut to a length; never empty.
pub(super) fn fitted(text: &str, length: usize) -> String {
    let line = text.replace(char::is_control, " ");
    let cut: String = line.trim().chars().take(length).collect();
    let cut = cut.trim_end();
    if cut.is_empty() {
        "unnamed".to_owned()
    } else {
        cut.to_owned()
    }
}

/// The text as a description.
pub(super) fn described(text: &str) -> String {
    fitted(text, DESCRIPTION)
}

/// ASCII letters and digits in lower case, with one hyphen for what is between them.
pub(super) fn slug(name: &str) -> String {
    let mut slug = String::new();
    for character in name.chars() {
        if character.is_ascii_alphanumeric() || character == '_' {
            slug.push(character.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(LONG);
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() {
        "unnamed".to_owned()
    } else {
        slug.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::{LONG, Names, SHORT, fitted, slug};

    #[test]
    fn names_are_unique_without_case_and_within_their_length() {
        let mut names = Names::default();
        let long = "ä".repeat(80);
        let given: Vec<String> = ["web", "WEB", "web", "web (vm-1)", "", "\n", &long, &long]
            .into_iter()
            .map(|name| names.unique(name, "vm-1", SHORT))
            .collect();
        let expected = [
            "web".to_owned(),
            "WEB (vm-1)".to_owned(),
            "web (vm-1, 2)".to_owned(),
            "web (vm-1) (vm-1)".to_owned(),
            "unnamed".to_owned(),
            "unnamed (vm-1)".to_owned(),
            "ä".repeat(64),
            "ä".repeat(57) + " (vm-1)",
        ];
        assert_eq!(given, expected);
    }

    #[test]
    fn what_is_named_more_than_once_keeps_its_first_spelling() {
        let mut names = Names::default();
        for (wanted, is_new) in [
            ("Dell Inc.", true),
            ("DELL INC.", false),
            ("dell inc", true),
        ] {
            let (name, was_new) = names.once(wanted, wanted.to_owned());
            assert_eq!(was_new, is_new);
            assert_eq!(name == wanted, is_new);
        }
    }

    #[test]
    fn slugs_are_unique_and_of_netboxs_alphabet() {
        let mut names = Names::default();
        let long = "x".repeat(120);
        for (name, expected) in [
            ("Dell Inc.", "dell-inc"),
            ("dell, inc", "dell-inc-2"),
            ("  München / 1_a ", "m-nchen-1_a"),
            ("北京", "unnamed"),
            (&long, &"x".repeat(100)),
            (&long, &("x".repeat(98) + "-2")),
        ] {
            let slug = names.slug(&slug(name));
            assert_eq!(slug, expected);
            assert!(slug.len() <= LONG);
        }
    }

    #[test]
    fn a_name_is_cut_before_white_space() {
        assert_eq!(fitted(" a\tb ", 64), "a b");
        assert_eq!(fitted("abc def", 4), "abc");
    }
}
