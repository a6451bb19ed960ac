//! A broken rule, named by place.

use std::fmt;

use stocktake_contract::{ErrorCode, Problem};

/// Issues of one code that a [`Problem`] lists; the rest are counted.
pub(crate) const LISTED: usize = 20;

const TEXT_MOST: usize = 300;

/// A broken rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// Which rule of the contract.
    pub code: ErrorCode,
    /// The part of the response, as in `assets[12]`, `stats` or `page 3`; empty for the whole.
    pub part: String,
    /// Kind and id of the asset, or the relation's type, when the part is one.
    pub subject: Option<String>,
    /// Where in the part, as in `normalized.network.ip_addresses[0]`; may be empty.
    pub path: String,
    /// What is wrong there.
    pub message: String,
}

impl Issue {
    /// An issue of a part of the response.
    #[must_use]
    pub fn new(
        code: ErrorCode,
        part: impl Into<String>,
        path: impl Into<String>,
        message: impl AsRef<str>,
    ) -> Self {
        Issue {
            code,
            part: part.into(),
            subject: None,
            path: path.into(),
            message: printable(message.as_ref()),
        }
    }

    /// Names what the part is.
    #[must_use]
    pub fn of(mut self, subject: impl AsRef<str>) -> Self {
        self.subject = Some(printable(subject.as_ref()));
        self
    }

    /// The place as a JSON path from the document's root, as in
    /// `$.assets[3].normalized.network.ip_addresses[0]`.
    #[must_use]
    pub fn json_path(&self) -> String {
        let mut path = String::from("$");
        for step in [&self.part, &self.path] {
            if !step.is_empty() {
                if !step.starts_with('[') {
                    path.push('.');
                }
                path.push_str(step);
            }
        }
        path
    }
}

impl fmt::Display for Issue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        if !self.part.is_empty() {
            f.write_str(&self.part)?;
            separator = ": ";
        }
        if let Some(subject) = &self.subject {
            write!(f, " {subject}")?;
            separator = ": ";
        }
        if !self.path.is_empty() {
            write!(f, "{separator}{}", self.path)?;
            separator = ": ";
        }
        write!(f, "{separator}{}", self.message)
    }
}

/// Issues as they are found: all of them, or the first few of each code.
#[derive(Debug)]
pub(crate) struct Issues {
    kept: Vec<Issue>,
    counts: Vec<(ErrorCode, usize)>,
    keep: usize,
}

impl Issues {
    /// Keeps every issue.
    pub(crate) fn all() -> Self {
        Issues {
            kept: Vec::new(),
            counts: Vec::new(),
            keep: usize::MAX,
        }
    }

    /// Keeps the first [`LISTED`] issues of each code and counts the rest.
    pub(crate) fn bounded() -> Self {
        Issues {
            keep: LISTED,
            ..Issues::all()
        }
    }

    pub(crate) fn push(&mut self, issue: Issue) {
        let position = self.counts.iter().position(|(code, _)| *code == issue.code);
        let position = position.unwrap_or_else(|| {
            self.counts.push((issue.code, 0));
            self.counts.len() - 1
        });
        let count = &mut self.counts[position].1;
        *count += 1;
        if *count <= self.keep {
            self.kept.push(issue);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    pub(crate) fn total(&self) -> usize {
        self.counts.iter().map(|(_, count)| count).sum()
    }

    pub(crate) fn into_kept(self) -> Vec<Issue> {
        self.kept
    }

    /// One problem per code, in the order in which the codes first appeared.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let problem = |&(code, count): &(ErrorCode, usize)| {
            let texts: Vec<String> = self
                .kept
                .iter()
                .filter(|issue| issue.code == code)
                .map(Issue::to_string)
                .collect();
            let first = texts.first().map_or("", String::as_str);
            let message = match count {
                1 => first.to_owned(),
                2 => format!("{first} (and 1 more issue)"),
                _ => format!("{first} (and {} more issues)", count - 1),
            };
            Problem::new(code, message)
                .with("issues", texts)
                .with("issue_count", count)
        };
        self.counts.iter().map(problem).collect()
    }
}

/// Text of a component, fit for a message: no control characters, bounded.
pub(crate) fn printable(text: &str) -> String {
    let clean = |character: char| {
        if character.is_control() {
            '\u{fffd}'
        } else {
            character
        }
    };
    if text.chars().count() <= TEXT_MOST {
        text.chars().map(clean).collect()
    } else {
        let start = text.chars().take(TEXT_MOST).map(clean);
        start.chain(['…']).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Issue, Issues, printable};
    use stocktake_contract::ErrorCode;

    #[test]
    fn an_issue_names_part_subject_and_path() {
        let issue = Issue::new(
            ErrorCode::SchemaValidationFailed,
            "assets[12]",
            "normalized.hardware.memory_bytes",
            "-1 is less than the minimum of 0",
        )
        .of("vm vm-31");
        assert_eq!(
            issue.to_string(),
            "assets[12] vm vm-31: normalized.hardware.memory_bytes: -1 is less than the minimum of 0"
        );
        assert_eq!(
            issue.json_path(),
            "$.assets[12].normalized.hardware.memory_bytes"
        );
    }

    #[test]
    fn a_problem_lists_twenty_issues_and_counts_the_rest() {
        let mut issues = Issues::bounded();
        for number in 0..50 {
            issues.push(Issue::new(
                ErrorCode::SchemaValidationFailed,
                format!("assets[{number}]"),
                "",
                "broken",
            ));
        }
        let problems = issues.problems();
        assert_eq!(problems.len(), 1);
        assert_eq!(
            problems[0].message,
            "assets[0]: broken (and 49 more issues)"
        );
        let context = problems[0].redacted_context.as_ref().expect("a context");
        assert_eq!(context["issues"].as_array().map(Vec::len), Some(20));
        assert_eq!(context["issue_count"], 50);
    }

    #[test]
    fn text_of_a_component_cannot_steer_the_terminal() {
        assert_eq!(printable("a\u{1b}[2Jb"), "a\u{fffd}[2Jb");
        assert_eq!(printable(&"x".repeat(5000)).chars().count(), 301);
    }
}
