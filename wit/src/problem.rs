//! An error or a warning of a response.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::code::{Category, ErrorCode, WarningCode};

/// Why a run failed: one entry of `errors`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Which rule was broken.
    pub code: ErrorCode,
    /// Its category.
    pub category: Category,
    /// What was wrong, where, and what cures it. Free of secrets.
    pub message: String,
    /// The same request may succeed later.
    pub retryable: bool,
    /// Facts for programs, free of secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redacted_context: Option<Map<String, Value>>,
}

impl Problem {
    /// A problem with the category and retry rule of its code.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Problem {
            code,
            category: code.category(),
            message: message.into(),
            retryable: code.retryable(),
            redacted_context: None,
        }
    }

    /// Adds one fact.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.redacted_context
            .get_or_insert_default()
            .insert(key.to_owned(), value.into());
        self
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Problem {}

/// A problem that does not end a run: one entry of `stats.warnings`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Warning {
    /// Which observation it is.
    pub code: WarningCode,
    /// Its category.
    pub category: Category,
    /// What was seen, where, and what cures it. Free of secrets.
    pub message: String,
    /// Facts for programs, free of secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redacted_context: Option<Map<String, Value>>,
}

impl Warning {
    /// A warning with the category of its code.
    #[must_use]
    pub fn new(code: WarningCode, message: impl Into<String>) -> Self {
        Warning {
            code,
            category: code.category(),
            message: message.into(),
            redacted_context: None,
        }
    }

    /// Adds one fact.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.redacted_context
            .get_or_insert_default()
            .insert(key.to_owned(), value.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::{ErrorCode, Problem, Warning, WarningCode};

    #[test]
    fn a_warning_carries_no_retryable() {
        let warning = Warning::new(WarningCode::ObjectVanished, "gone").with("object", "vm-1");
        let json = serde_json::to_value(&warning).expect("JSON");
        assert!(json.get("retryable").is_none());
        assert_eq!(json["redacted_context"]["object"], "vm-1");
    }

    #[test]
    fn a_problem_takes_category_and_retry_rule_from_its_code() {
        let problem = Problem::new(ErrorCode::VcenterRateLimit, "slow down");
        let json = serde_json::to_value(&problem).expect("JSON");
        assert_eq!(json["category"], "rate_limit");
        assert_eq!(json["retryable"], true);
        assert!(json.get("redacted_context").is_none());
    }
}
