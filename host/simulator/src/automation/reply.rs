//! A reply, ready to send.

use super::Family;
use serde_json::{Value, json};

/// Status, body and the session that it hands out.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// None for a reply without content.
    pub(crate) body: Option<Value>,
    pub(crate) session: Option<String>,
}

impl Reply {
    pub(super) fn value(family: Family, value: Value) -> Self {
        Self {
            status: 200,
            body: Some(match family {
                Family::Api => value,
                Family::Rest => json!({"value": value}),
            }),
            session: None,
        }
    }

    pub(super) fn nothing(family: Family) -> Self {
        Self {
            status: match family {
                Family::Api => 204,
                Family::Rest => 200,
            },
            body: None,
            session: None,
        }
    }

    pub(super) fn opened(family: Family, key: &str) -> Self {
        Self {
            status: match family {
                Family::Api => 201,
                Family::Rest => 200,
            },
            session: Some(key.to_owned()),
            ..Self::value(family, Value::from(key))
        }
    }

    pub(super) fn failed(status: u16, body: Value) -> Self {
        Self {
            status,
            body: Some(body),
            session: None,
        }
    }
}
