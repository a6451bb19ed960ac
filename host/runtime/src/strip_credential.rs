//! The request without its credential, as a guest is handed it.
//!
//! A credential that is not whole is still refused by the guest, which sees the shape of
//! what is wrong and none of what was given.

use std::fmt;

use serde_json::{Map, Value};
use stocktake_contract::Problem;
use zeroize::Zeroizing;

use crate::credential::Credential;
use crate::request::{Request, wipe};

/// Stands for a text that a guest must not see.
const WITHHELD: &str = "-";

/// A request as a guest is handed it, and what was taken out.
pub(crate) struct StrippedRequest {
    /// The text of a `collector-request-v1` document.
    pub(crate) text: Zeroizing<String>,
    /// What the host logs in with; `None` when the guest does, or it cannot be done.
    pub(crate) credential: Option<Credential>,
}

/// The request may hold the credential, when that is meant for the guest.
impl fmt::Debug for StrippedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StrippedRequest")
            .field("credential", &self.credential)
            .finish_non_exhaustive()
    }
}

impl StrippedRequest {
    /// Takes the credential out of `request`, unless it is meant for the guest:
    /// because the policy says so, or because the source is of a kind that the
    /// host cannot log in to.
    ///
    /// # Errors
    ///
    /// `VCENTER_CONFIG_INVALID` for a credential that no login can carry.
    pub(crate) fn from_request(
        request: &Request,
        credentials_to_guest: bool,
    ) -> Result<Self, Problem> {
        let is_for_guest = credentials_to_guest || !request.is_vcenter();
        let given = request.document().pointer("/source/credential");
        let is_empty = |given: &Value| given.as_object().is_some_and(Map::is_empty);
        if given.is_none() || (is_for_guest && !given.is_some_and(is_empty)) {
            return Ok(StrippedRequest {
                text: Zeroizing::new(request.text().to_owned()),
                credential: None,
            });
        }
        let mut document = request.document().clone();
        let mut taken = None;
        if let Some(place) = document.pointer_mut("/source/credential") {
            match Credential::from_value(place.take()) {
                Ok(credential) => {
                    credential.sendable()?;
                    taken = Some(credential);
                    *place = Value::Object(Map::new());
                }
                Err(withheld) => *place = withheld,
            }
        }
        Ok(StrippedRequest {
            text: Zeroizing::new(document.to_string()),
            credential: taken,
        })
    }
}

impl Credential {
    /// A whole credential, or what a guest is shown of one that is not.
    fn from_value(given: Value) -> Result<Self, Value> {
        let mut shown = Map::new();
        let mut texts = [None, None];
        if let Value::Object(mut given) = given {
            for (part, text) in ["username", "password"].into_iter().zip(&mut texts) {
                match given.remove(part) {
                    Some(Value::String(value)) if !value.is_empty() => {
                        *text = Some(Zeroizing::new(value));
                        shown.insert(part.to_owned(), WITHHELD.into());
                    }
                    Some(Value::String(value)) => drop(shown.insert(part.to_owned(), value.into())),
                    Some(mut other) => {
                        wipe(&mut other);
                        shown.insert(part.to_owned(), Value::Null);
                    }
                    None => {}
                }
            }
            wipe(&mut Value::Object(given));
        }
        if let [Some(username), Some(password)] = texts {
            return Ok(Credential {
                username: username.to_string(),
                password,
            });
        }
        // An empty one would say that the host has made the session.
        if shown.is_empty() {
            shown.insert("password".to_owned(), WITHHELD.into());
        }
        Err(Value::Object(shown))
    }
}

#[cfg(test)]
mod tests {
    use super::StrippedRequest;
    use crate::request::Request;
    use serde_json::{Value, json};

    fn request(credential: Option<Value>) -> Value {
        let mut request = json!({
            "source": {"source_type": "vcenter", "config": {"endpoint": "https://vc.lan"}},
        });
        if let Some(credential) = credential {
            request["source"]["credential"] = credential;
        }
        request
    }

    fn handed(credential: Option<Value>, to_guest: bool) -> (Option<Value>, StrippedRequest) {
        let text = request(credential).to_string();
        let asked = Request::parse(&text).expect("JSON");
        let stripped = StrippedRequest::from_request(&asked, to_guest).expect("sendable");
        let document: Value = serde_json::from_str(&stripped.text).expect("JSON");
        assert_eq!(document["source"]["config"]["endpoint"], "https://vc.lan");
        (document.pointer("/source/credential").cloned(), stripped)
    }

    #[test]
    fn the_credential_stays_with_the_host() {
        let given = json!({"username": "reader", "password": "s3cret", "token": "s3cret"});
        let (shown, stripped) = handed(Some(given), false);
        assert_eq!(shown, Some(json!({})));
        assert!(!format!("{stripped:?}").contains("s3cret"));
        let credential = stripped.credential.expect("a credential");
        assert_eq!(credential.username, "reader");
        assert_eq!(*credential.password, "s3cret");
    }

    #[test]
    fn a_credential_that_is_not_whole_is_refused_by_the_guest_who_sees_its_shape_only() {
        let without_username = json!({"password": "-"});
        for (given, shown) in [
            (json!({}), without_username.clone()),
            (json!("s3cret"), without_username.clone()),
            (json!(["s3cret"]), without_username.clone()),
            (json!({"token": "s3cret"}), without_username.clone()),
            (json!({"password": "s3cret"}), without_username),
            (json!({"username": "s3cret"}), json!({"username": "-"})),
            (
                json!({"username": "", "password": "s3cret"}),
                json!({"username": "", "password": "-"}),
            ),
            (
                json!({"username": "s3cret", "password": ["s3cret"]}),
                json!({"username": "-", "password": null}),
            ),
        ] {
            let (expected, stripped) = handed(Some(given.clone()), false);
            assert_eq!(expected, Some(shown), "{given}");
            assert!(stripped.credential.is_none(), "{given}");
        }
        assert_eq!(handed(None, false).0, None);
    }

    #[test]
    fn a_guest_that_logs_in_is_given_the_request_as_it_is() {
        let given = json!({"username": "reader", "password": "s3cret"});
        let (shown, stripped) = handed(Some(given.clone()), true);
        assert_eq!(shown, Some(given));
        assert!(stripped.credential.is_none());
        assert_eq!(
            handed(Some(json!({})), true).0,
            Some(json!({"password": "-"}))
        );
        let other = r#"{"source":{"source_type":"proxmox","credential":{"token":"t"}}}"#;
        let asked = Request::parse(other).expect("JSON");
        let stripped = StrippedRequest::from_request(&asked, false).expect("sendable");
        assert_eq!(*stripped.text, other);
    }
}
