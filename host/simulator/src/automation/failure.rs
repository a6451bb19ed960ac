//! What can go wrong, in the spelling of each family.

use super::{Family, Reply};
use serde_json::json;

/// A standard error of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    InvalidArgument,
    NotFound,
    ServiceUnavailable,
    Unauthenticated,
    Unauthorized,
}

impl Failure {
    fn status(self) -> u16 {
        match self {
            Self::InvalidArgument => 400,
            Self::Unauthenticated => 401,
            Self::Unauthorized => 403,
            Self::NotFound => 404,
            Self::ServiceUnavailable => 503,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::InvalidArgument => "INVALID_ARGUMENT",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Unauthorized => "UNAUTHORIZED",
            Self::NotFound => "NOT_FOUND",
            Self::ServiceUnavailable => "SERVICE_UNAVAILABLE",
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::InvalidArgument => "The request holds an argument that is not valid.",
            Self::Unauthenticated => "Authentication required.",
            Self::Unauthorized => "Unauthorized.",
            Self::NotFound => "The requested resource was not found.",
            Self::ServiceUnavailable => "Service unavailable.",
        }
    }

    pub(super) fn reply(self, family: Family) -> Reply {
        let name = self.name();
        let messages = json!([{
            "args": [],
            "default_message": self.text(),
            "id": format!("com.vmware.vapi.rest.{}", name.to_lowercase()),
        }]);
        let body = match family {
            Family::Api => json!({"error_type": name, "messages": messages}),
            Family::Rest => json!({
                "type": format!("com.vmware.vapi.std.errors.{}", name.to_lowercase()),
                "value": {"error_type": name, "messages": messages},
            }),
        };
        Reply::failed(self.status(), body)
    }
}
