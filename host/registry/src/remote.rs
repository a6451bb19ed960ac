//! A registry, by the OCI distribution protocol.
//!
//! | module | holds |
//! | --- | --- |
//! | `transport` | requests over TLS, or plain HTTP to this machine only |
//! | `authorization` | responses to the registry's authentication challenges |

mod authorization;
#[cfg(test)]
mod tests;
mod transport;

use std::cell::RefCell;
use std::path::PathBuf;

use http::{Method, StatusCode};
use url::Url;
use zeroize::Zeroizing;

use crate::credentials::Credential;
use crate::error::Error;
use crate::manifest::{Descriptor, MANIFEST, MANIFEST_LIMIT};
use crate::store::{Sink, Source, Target};

use authorization::Actions;
use transport::{Call, Reply, Transport};

/// A repository of a registry.
#[derive(Debug)]
pub struct Remote {
    place: String,
    base: Url,
    name: String,
    credential: Option<Credential>,
    transport: Transport,
    /// The authorization that the registry accepted last.
    authorization: RefCell<Option<Zeroizing<String>>>,
}

/// How to connect to a registry.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// The account, if there is one.
    pub credential: Option<Credential>,
    /// The certificate authorities to trust, as PEM, instead of the system's.
    pub ca_file: Option<PathBuf>,
    /// HTTP without TLS, which is for registries on this machine.
    pub plain_http: bool,
}

impl Remote {
    /// The repository `name` of the registry at `host`; opens no connection.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`] when plain HTTP would leave this machine, or there is no usable authority.
    pub fn new(host: &str, name: &str, access: Access) -> Result<Self, Error> {
        let place = format!("{host}/{name}");
        let scheme = if access.plain_http { "http" } else { "https" };
        let base = Url::parse(&format!("{scheme}://{host}/v2/{name}/"))
            .map_err(|error| Error::unusable(&place, error.to_string()))?;
        Ok(Remote {
            transport: Transport::new(&place, &base, access.ca_file.as_deref())?,
            credential: access.credential,
            authorization: RefCell::new(None),
            name: name.to_owned(),
            base,
            place,
        })
    }

    fn url(&self, path: &str) -> Result<Url, Error> {
        let joined = self.base.join(path);
        joined.map_err(|error| Error::unusable(&self.place, error.to_string()))
    }

    /// Sends a call, a second time with authorization when the registry asks for it.
    fn send(&self, call: &Call<'_>, actions: Actions) -> Result<Reply, Error> {
        let ours = call.url.origin() == self.base.origin();
        let send = |authorization: Option<&Zeroizing<String>>| {
            self.transport.send(
                call,
                authorization.filter(|_| ours).map(|text| text.as_str()),
            )
        };
        let reply = send(self.authorization.borrow().as_ref())?;
        if reply.status != StatusCode::UNAUTHORIZED || !ours {
            return Ok(reply);
        }
        let answer = authorization::answer(
            &self.transport,
            &self.place,
            &reply.challenges,
            self.credential.as_ref(),
            &format!("repository:{}:{}", self.name, actions.as_str()),
        )?;
        let reply = send(Some(&answer))?;
        *self.authorization.borrow_mut() = Some(answer);
        Ok(reply)
    }

    fn refused(&self, what: &str, reply: &Reply) -> Error {
        let (status, message) = (reply.status, reply.message());
        let reason = format!("{what}: the registry answered {status}{message}");
        match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                let cure = match self.credential {
                    Some(_) => "the account may not do this, or its password is wrong",
                    None => "log in with --username and --password-file, or with docker login",
                };
                Error::denied(&self.place, format!("{reason}; {cure}"))
            }
            StatusCode::NOT_FOUND => Error::missing(&self.place, reason),
            _ => Error::unusable(&self.place, reason),
        }
    }

    fn get(&self, path: &str, accept: &str, what: &str, limit: u64) -> Result<Vec<u8>, Error> {
        let call = Call {
            accept: Some(accept),
            limit: limit.saturating_add(1),
            ..Call::new(Method::GET, self.url(path)?)
        };
        let reply = self.send(&call, Actions::Pull)?;
        match reply.status {
            StatusCode::OK => Ok(reply.body),
            _ => Err(self.refused(what, &reply)),
        }
    }
}

impl Source for Remote {
    fn place(&self) -> String {
        self.place.clone()
    }

    fn manifest(&self, target: &Target) -> Result<Vec<u8>, Error> {
        let name = match target {
            Target::Digest(digest) => digest.as_str(),
            Target::Tag(tag) => tag,
        };
        let what = format!("manifest {name}");
        self.get(
            &format!("manifests/{name}"),
            MANIFEST,
            &what,
            MANIFEST_LIMIT,
        )
    }

    fn blob(&self, descriptor: &Descriptor) -> Result<Vec<u8>, Error> {
        let Descriptor { digest, size, .. } = descriptor;
        let what = format!("blob {digest}");
        self.get(&format!("blobs/{digest}"), "*/*", &what, *size)
    }
}

impl Sink for Remote {
    fn put_blob(&self, descriptor: &Descriptor, bytes: &[u8]) -> Result<(), Error> {
        let digest = &descriptor.digest;
        let there = Call::new(Method::HEAD, self.url(&format!("blobs/{digest}"))?);
        if self.send(&there, Actions::Push)?.status == StatusCode::OK {
            return Ok(());
        }
        let what = format!("blob {digest}");
        let begin = Call {
            body: Some(&[]),
            ..Call::new(Method::POST, self.url("blobs/uploads/")?)
        };
        let begun = self.send(&begin, Actions::Push)?;
        if begun.status != StatusCode::ACCEPTED {
            return Err(self.refused(&what, &begun));
        }
        let mut url = self.transport.location(&begin.url, &begun)?;
        url.query_pairs_mut().append_pair("digest", digest.as_str());
        let upload = Call {
            body: Some(bytes),
            content_type: Some("application/octet-stream"),
            ..Call::new(Method::PUT, url)
        };
        let ended = self.send(&upload, Actions::Push)?;
        match ended.status {
            StatusCode::CREATED => Ok(()),
            _ => Err(self.refused(&what, &ended)),
        }
    }

    fn put_manifest(
        &self,
        descriptor: &Descriptor,
        bytes: &[u8],
        tag: Option<&str>,
    ) -> Result<(), Error> {
        let name = tag.unwrap_or(descriptor.digest.as_str());
        let call = Call {
            body: Some(bytes),
            content_type: Some(&descriptor.media_type),
            ..Call::new(Method::PUT, self.url(&format!("manifests/{name}"))?)
        };
        let reply = self.send(&call, Actions::Push)?;
        match reply.status {
            StatusCode::CREATED => Ok(()),
            _ => Err(self.refused(&format!("manifest {name}"), &reply)),
        }
    }
}
