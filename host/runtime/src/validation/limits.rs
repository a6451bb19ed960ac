//! Size and nesting.

use std::fmt;

/// Limits of what a collector may hand over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ItemLimits {
    /// Bytes of one asset, relation or warning.
    pub item_bytes: usize,
    /// Nested objects and arrays within one asset, relation or warning, itself included.
    pub depth: usize,
    /// Bytes of one `external_kind`, `external_id` or relation type.
    pub id_bytes: usize,
    /// Bytes of one warning, which is for people to read.
    pub warning_bytes: usize,
}

impl Default for ItemLimits {
    fn default() -> Self {
        ItemLimits {
            item_bytes: 16 * 1024 * 1024,
            // A chain of 32 snapshots is 66 levels deep as it was read.
            depth: 96,
            id_bytes: 1024,
            warning_bytes: 64 * 1024,
        }
    }
}

/// Text that must not be parsed further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Excess {
    /// Longer than allowed, in bytes.
    Bytes { found: usize, allowed: usize },
    /// Nested deeper than allowed.
    Depth { allowed: usize },
    /// An escape that is half a character, which strict readers refuse.
    Surrogate { offset: usize },
}

impl fmt::Display for Excess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Excess::Bytes { found, allowed } => {
                write!(f, "is {found} bytes long, {allowed} are allowed")
            }
            Excess::Depth { allowed } => {
                write!(f, "is nested deeper than the {allowed} levels allowed")
            }
            Excess::Surrogate { offset } => {
                write!(
                    f,
                    "holds half a character (lone surrogate) at byte {offset}"
                )
            }
        }
    }
}

impl ItemLimits {
    /// As for any item, but warnings are shorter.
    pub(crate) fn of_warnings(&self) -> Self {
        ItemLimits {
            item_bytes: self.item_bytes.min(self.warning_bytes),
            ..*self
        }
    }

    /// Looks over the text of one item without parsing it, raw payload included.
    pub(crate) fn check(&self, text: &str) -> Result<(), Excess> {
        if text.len() > self.item_bytes {
            return Err(Excess::Bytes {
                found: text.len(),
                allowed: self.item_bytes,
            });
        }
        let bytes = text.as_bytes();
        let mut depth = 0_usize;
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'{' | b'[' => {
                    depth += 1;
                    if depth > self.depth {
                        return Err(Excess::Depth {
                            allowed: self.depth,
                        });
                    }
                }
                b'}' | b']' => depth = depth.saturating_sub(1),
                b'"' => {
                    at = end_of_string(bytes, at + 1)?;
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        Ok(())
    }
}

/// The position after the closing quote of the string whose content starts at `at`.
fn end_of_string(bytes: &[u8], mut at: usize) -> Result<usize, Excess> {
    loop {
        match bytes.get(at) {
            None => return Ok(at),
            Some(b'"') => return Ok(at + 1),
            Some(b'\\') => match code_unit(bytes, at) {
                Some(0xd800..=0xdbff) => {
                    if !matches!(code_unit(bytes, at + 6), Some(0xdc00..=0xdfff)) {
                        return Err(Excess::Surrogate { offset: at });
                    }
                    at += 12;
                }
                Some(0xdc00..=0xdfff) => return Err(Excess::Surrogate { offset: at }),
                _ => at += 2,
            },
            Some(_) => at += 1,
        }
    }
}

/// The UTF-16 unit of a `\uXXXX` escape at `at`.
fn code_unit(bytes: &[u8], at: usize) -> Option<u32> {
    let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    digits.iter().try_fold(0, |unit, digit| {
        Some(unit * 16 + char::from(*digit).to_digit(16)?)
    })
}

#[cfg(test)]
mod tests {
    use super::{Excess, ItemLimits};

    fn small() -> ItemLimits {
        ItemLimits {
            item_bytes: 100,
            depth: 3,
            id_bytes: 10,
            ..ItemLimits::default()
        }
    }

    #[test]
    fn nesting_is_counted_outside_strings_only() {
        let limits = small();
        assert_eq!(limits.check(r#"{"a":[{"b":1}]}"#), Ok(()));
        assert_eq!(limits.check(r#"{"a":"[[[[[[\"[[["}"#), Ok(()));
        assert_eq!(
            limits.check(r#"{"a":[{"b":[]}]}"#),
            Err(Excess::Depth { allowed: 3 })
        );
        assert_eq!(limits.check(r#"[[],[],[],[[]]]"#), Ok(()));
    }

    #[test]
    fn size_is_limited() {
        let text = format!("\"{}\"", "x".repeat(200));
        assert_eq!(
            small().check(&text),
            Err(Excess::Bytes {
                found: 202,
                allowed: 100
            })
        );
    }

    #[test]
    fn half_a_character_is_refused_and_a_pair_is_not() {
        assert_eq!(small().check(r#""\ud83d\ude00 \\ud83d \u00e9""#), Ok(()));
        assert_eq!(
            small().check(r#""\ud83d x""#),
            Err(Excess::Surrogate { offset: 1 })
        );
        assert_eq!(
            small().check(r#""ab\udc00""#),
            Err(Excess::Surrogate { offset: 3 })
        );
    }
}
