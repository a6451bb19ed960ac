//! Responses to authentication challenges of a registry: user and password by `Basic`, or a token for
//! one repository, from the token service that the registry names.

use http::Method;
use http_auth::ChallengeRef;
use serde::Deserialize;
use url::Url;
use zeroize::Zeroizing;

use crate::credentials::Credential;
use crate::error::Error;

use super::transport::{Call, Transport, printable};

/// The requested access.
#[derive(Clone, Copy, Debug)]
pub(super) enum Actions {
    Pull,
    Push,
}

impl Actions {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Actions::Pull => "pull",
            Actions::Push => "pull,push",
        }
    }
}

#[derive(Deserialize)]
struct Token {
    token: Option<String>,
    access_token: Option<String>,
}

/// The `Authorization` that these challenges ask for.
pub(super) fn answer(
    transport: &Transport,
    place: &str,
    challenges: &[String],
    credential: Option<&Credential>,
    scope: &str,
) -> Result<Zeroizing<String>, Error> {
    let known = challenges
        .iter()
        .filter_map(|text| http_auth::parse_challenges(text).ok())
        .flatten();
    for challenge in known {
        if challenge.scheme.eq_ignore_ascii_case("bearer") {
            return fetch(transport, place, &challenge, credential, scope);
        }
        if challenge.scheme.eq_ignore_ascii_case("basic") {
            let reason = "the registry requires an account; give it by --username and --password-file, or log in with docker login";
            let credential = credential.ok_or_else(|| Error::denied(place, reason))?;
            return Ok(credential.basic());
        }
    }
    let reason = "the registry answered 401 without a Basic or Bearer challenge; no other scheme is supported";
    Err(Error::denied(place, reason))
}

fn fetch(
    transport: &Transport,
    place: &str,
    challenge: &ChallengeRef<'_>,
    credential: Option<&Credential>,
    scope: &str,
) -> Result<Zeroizing<String>, Error> {
    let denied = |reason: String| Error::denied(place, reason);
    let parameter = |name: &str| {
        let found = challenge
            .params
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.to_unescaped())
    };
    let realm = parameter("realm").unwrap_or_default();
    let mut url = Url::parse(&realm).map_err(|_| {
        let realm = printable(&realm);
        denied(format!(
            "the realm of its Bearer challenge is not a URL: {realm:?}"
        ))
    })?;
    if let Some(service) = parameter("service") {
        url.query_pairs_mut().append_pair("service", &service);
    }
    let scope = parameter("scope").unwrap_or_else(|| scope.to_owned());
    url.query_pairs_mut().append_pair("scope", &scope);
    let origin = url.origin().ascii_serialization();
    let basic = credential.map(Credential::basic);
    let call = Call {
        accept: Some("application/json"),
        ..Call::new(Method::GET, url)
    };
    let reply = transport.send(&call, basic.as_ref().map(|text| text.as_str()))?;
    if !reply.status.is_success() {
        let (status, message) = (reply.status, reply.message());
        let cure = match credential {
            Some(_) => "the account may not do this, or its password is wrong",
            None => "log in with --username and --password-file, or with docker login",
        };
        return Err(denied(format!(
            "{origin} issued no token: {status}{message}; {cure}"
        )));
    }
    let body = Zeroizing::new(reply.body);
    let token: Option<Token> = serde_json::from_slice(&body).ok();
    let token = token.and_then(|answer| answer.token.or(answer.access_token));
    match token.map(Zeroizing::new) {
        Some(token) => Ok(Zeroizing::new(format!("Bearer {}", *token))),
        None => Err(denied(format!("{origin} answered without a token"))),
    }
}
