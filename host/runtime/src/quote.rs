//! Text from outside, fit for a message.

/// `text` on one line without control characters, cut to `limit` characters.
///
/// What a guest or a server wrote may hold escape sequences of a terminal.
#[must_use]
pub(crate) fn printable(text: &str, limit: usize) -> String {
    let mut shown: String = text
        .trim()
        .chars()
        .take(limit)
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .collect();
    if text.trim().chars().nth(limit).is_some() {
        shown.push('…');
    }
    shown
}

/// The end of `text`, which is where a panic's reason stands.
#[must_use]
pub(crate) fn last_words(text: &str, limit: usize) -> String {
    let length = text.trim_end().chars().count();
    let skipped: String = text.chars().skip(length.saturating_sub(limit)).collect();
    printable(&skipped, limit)
}

#[cfg(test)]
mod tests {
    use super::{last_words, printable};

    #[test]
    fn control_characters_and_length_do_not_pass() {
        assert_eq!(printable("a\u{1b}[31mb\n", 100), "a [31mb");
        assert_eq!(printable("abcdef", 3), "abc…");
        assert_eq!(last_words("abcdef\n", 3), "def");
    }
}
