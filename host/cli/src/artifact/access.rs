//! Store, credentials and trust.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;
use stocktake_registry::credentials::Credential;
use stocktake_registry::layout::Layout;
use stocktake_registry::remote::{Access, Remote};
use stocktake_registry::{Artifact, Description, Digest, Error, Place, Reference, Target};

use crate::failure::Failure;
use crate::secret::PasswordSource;

/// Options of every command that may connect to a registry.
#[derive(Debug, Args)]
#[command(next_help_heading = "Registry")]
pub(super) struct AccessArguments {
    /// The account; by default the one that `docker login` stored in config.json of $DOCKER_CONFIG or ~/.docker
    #[arg(long, value_name = "USER")]
    username: Option<String>,
    #[command(flatten)]
    password: PasswordSource,
    /// Trust only the certificate authorities of this PEM file
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// Use HTTP without TLS, to a registry on this machine only
    #[arg(long, conflicts_with = "ca_file")]
    plain_http: bool,
}

/// A layout or a registry.
pub(super) enum Store {
    Layout(Layout),
    Remote(Box<Remote>),
}

impl AccessArguments {
    /// The store that a reference names; opens no connection.
    pub(super) fn open(&self, reference: &Reference) -> Result<Store, Failure> {
        match &reference.place {
            Place::Layout(path) => Ok(Store::Layout(Layout::new(path))),
            Place::Repository { host, name } => {
                let access = Access {
                    credential: self.credential(host)?,
                    ca_file: self.ca_file.clone(),
                    plain_http: self.plain_http,
                };
                let remote = Remote::new(host, name, access)?;
                Ok(Store::Remote(Box::new(remote)))
            }
        }
    }

    fn credential(&self, host: &str) -> Result<Option<Credential>, Failure> {
        let Some(username) = &self.username else {
            if self.password.password_file.is_some() || self.password.password_env.is_some() {
                let reason = "a password is given without --username; add --username";
                return Err(Failure::Usage(reason.to_owned()));
            }
            return match docker_config(|name| std::env::var_os(name)) {
                Some(file) => Ok(Credential::from_docker_config(&file, host)?),
                None => Ok(None),
            };
        };
        let password = self.password.read(username)?;
        Ok(Some(Credential::new(username.clone(), password)))
    }
}

fn docker_config(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let set = |name| variable(name).filter(|value| !value.is_empty());
    let folder = match set("DOCKER_CONFIG") {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(set("HOME")?).join(".docker"),
    };
    Some(folder.join("config.json"))
}

impl Store {
    pub(super) fn push(&self, artifact: &Artifact, tag: Option<&str>) -> Result<Digest, Error> {
        match self {
            Store::Layout(layout) => stocktake_registry::push(layout, artifact, tag),
            Store::Remote(remote) => stocktake_registry::push(remote.as_ref(), artifact, tag),
        }
    }

    pub(super) fn pull(&self, target: &Target) -> Result<Artifact, Error> {
        match self {
            Store::Layout(layout) => stocktake_registry::pull(layout, target),
            Store::Remote(remote) => stocktake_registry::pull(remote.as_ref(), target),
        }
    }

    pub(super) fn describe(&self, target: &Target) -> Result<Description, Error> {
        match self {
            Store::Layout(layout) => stocktake_registry::describe(layout, target),
            Store::Remote(remote) => stocktake_registry::describe(remote.as_ref(), target),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::docker_config;

    #[test]
    fn the_account_is_sought_where_docker_keeps_it() {
        let set = |folder: &'static str, home: &'static str| {
            docker_config(move |name| match name {
                "DOCKER_CONFIG" => Some(folder.into()),
                "HOME" => Some(home.into()),
                _ => None,
            })
        };
        assert_eq!(
            set("/etc/docker", "/root"),
            Some("/etc/docker/config.json".into())
        );
        assert_eq!(set("", "/root"), Some("/root/.docker/config.json".into()));
        assert_eq!(set("", ""), None);
    }
}
