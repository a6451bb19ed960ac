//! Patterns of the operators `~` and `!~`.

/// A part of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// This text, without regard to ASCII case.
    Text(String),
    /// `?`: one character.
    One,
    /// `*`: any text, also none. Never two in a row.
    Any,
}

/// A pattern for a whole value: `*` is any text, `?` one character, `[*]` and `[?]` these characters themselves. A pattern
/// without `*` and `?` is found anywhere in the value.
///
/// ```
/// use stocktake_filter::Pattern;
///
/// assert!(Pattern::new("web-*").matches("WEB-01"));
/// assert!(!Pattern::new("web-?").matches("web-01"));
/// assert!(Pattern::new("eb-0").matches("web-01"));
/// assert!(Pattern::new("[san-1] *[*]").matches("[san-1] 5*"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    parts: Vec<Part>,
    steps: Vec<Step>,
}

/// A part of one character, as it is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Character(char),
    One,
    Any,
}

impl Pattern {
    /// Reads a pattern; every text is one.
    #[must_use]
    pub fn new(pattern: &str) -> Self {
        let mut parts: Vec<Part> = Vec::new();
        let mut rest = pattern;
        while let Some(first) = rest.chars().next() {
            let (literal, length) = match first {
                '*' => (None, 1),
                '?' => (None, 1),
                '[' if rest.starts_with("[*]") => (Some('*'), 3),
                '[' if rest.starts_with("[?]") => (Some('?'), 3),
                other => (Some(other), other.len_utf8()),
            };
            match (literal, parts.last_mut()) {
                (Some(character), Some(Part::Text(text))) => text.push(character),
                (Some(character), _) => parts.push(Part::Text(character.into())),
                (None, Some(Part::Any)) if first == '*' => {}
                (None, _) if first == '*' => parts.push(Part::Any),
                (None, _) => parts.push(Part::One),
            }
            rest = &rest[length..];
        }
        if parts.iter().all(|part| matches!(part, Part::Text(_))) {
            parts.insert(0, Part::Any);
            if parts.len() > 1 {
                parts.push(Part::Any);
            }
        }
        let steps = steps(&parts);
        Self { parts, steps }
    }

    /// Its parts in order, which together cover the whole value.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Whether the pattern covers the value.
    ///
    /// The time is bounded by the product of both lengths.
    #[must_use]
    pub fn matches(&self, value: &str) -> bool {
        let mut at = 0;
        let mut rest = value.chars();
        // Where to go on when the text after the last `*` does not fit: one character further.
        let mut retry: Option<(usize, std::str::Chars<'_>)> = None;
        loop {
            if self.steps.get(at) == Some(&Step::Any) {
                at += 1;
                retry = Some((at, rest.clone()));
                continue;
            }
            let mut further = rest.clone();
            match (self.steps.get(at), further.next()) {
                (None, None) => return true,
                (Some(step), Some(character)) if step.fits(character) => {
                    at += 1;
                    rest = further;
                }
                (_, found) => {
                    let Some((after, from)) = &mut retry else {
                        return false;
                    };
                    // Nothing is left for what follows the `*`.
                    if found.is_none() || from.next().is_none() {
                        return false;
                    }
                    at = *after;
                    rest = from.clone();
                }
            }
        }
    }
}

fn steps(parts: &[Part]) -> Vec<Step> {
    let mut steps = Vec::new();
    for part in parts {
        match part {
            Part::Text(text) => steps.extend(text.chars().map(Step::Character)),
            Part::One => steps.push(Step::One),
            Part::Any => steps.push(Step::Any),
        }
    }
    steps
}

impl Step {
    fn fits(self, character: char) -> bool {
        match self {
            Self::Character(expected) => expected.eq_ignore_ascii_case(&character),
            Self::One => true,
            Self::Any => false,
        }
    }
}
