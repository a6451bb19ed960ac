//! The optional keys of `source.config`.

use serde_json::{Map, Value};
use stocktake_contract::Problem;
use stocktake_contract::normalized::Kind;
use stocktake_contract::request::{PAGE_SIZE_DEFAULT, PAGE_SIZE_LEAST, PAGE_SIZE_MOST, Profile};

use super::invalid;
use crate::scope::Scope;

/// The keys of the request; unknown keys are ignored, and
/// `null` counts as absent.
pub(super) struct Settings<'c>(pub(super) &'c Map<String, Value>);

impl<'c> Settings<'c> {
    fn get(&self, key: &str) -> Option<&'c Value> {
        self.0.get(key).filter(|value| !value.is_null())
    }

    pub(super) fn flag(&self, key: &str) -> Result<bool, Problem> {
        match self.get(key) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(invalid(&path(key), "must be true or false")),
        }
    }

    /// Tags are part of the details, which one profile has.
    pub(super) fn tags(&self, profile: Profile) -> Result<bool, Problem> {
        let asked = self.flag("tags")?;
        if asked && profile != Profile::Full {
            let reason = format!(
                "is true, and source.config.profile is {:?}; tags need {:?}",
                profile.as_str(),
                Profile::Full.as_str()
            );
            return Err(invalid(&path("tags"), &reason));
        }
        Ok(asked)
    }

    /// The default when the key is absent, else the one that has this name.
    pub(super) fn one_of<T: Copy + Default>(
        &self,
        key: &str,
        all: &[T],
        name: fn(T) -> &'static str,
    ) -> Result<T, Problem> {
        let Some(value) = self.get(key) else {
            return Ok(T::default());
        };
        let found = all.iter().find(|one| value.as_str() == Some(name(**one)));
        found.copied().ok_or_else(|| {
            let known: Vec<&str> = all.iter().map(|one| name(*one)).collect();
            let reason = format!("is {value}; it must be one of {}", known.join(", "));
            invalid(&path(key), &reason)
        })
    }

    pub(super) fn page_size(&self) -> Result<u32, Problem> {
        let Some(value) = self.get("page_size") else {
            return Ok(PAGE_SIZE_DEFAULT);
        };
        value
            .as_u64()
            .and_then(|size| u32::try_from(size).ok())
            .filter(|size| (PAGE_SIZE_LEAST..=PAGE_SIZE_MOST).contains(size))
            .ok_or_else(|| {
                invalid(
                    &path("page_size"),
                    &format!(
                        "is {value}; it must be a whole number from {PAGE_SIZE_LEAST} to {PAGE_SIZE_MOST}"
                    ),
                )
            })
    }

    /// Extended kinds, in the order of the contract whatever the request's.
    pub(super) fn kinds(&self) -> Result<Vec<Kind>, Problem> {
        let extended = || {
            let kinds = Kind::ALL.into_iter();
            kinds.filter(|kind| kind.is_extended() && !kind.is_tree())
        };
        let asked = texts(&path("kinds"), self.get("kinds"))?;
        for name in &asked {
            if !extended().any(|kind| kind.as_str() == name) {
                let known: Vec<&str> = extended().map(Kind::as_str).collect();
                let reason = format!("holds {name:?}; it may hold {}", known.join(", "));
                return Err(invalid(&path("kinds"), &reason));
            }
        }
        let is_asked = |kind: &Kind| asked.iter().any(|name| kind.as_str() == name);
        Ok(extended().filter(is_asked).collect())
    }

    pub(super) fn scope(&self) -> Result<Scope, Problem> {
        let key = "inventory_scope";
        let list = |name: &str| match self.get(key) {
            None => Ok(Vec::new()),
            Some(Value::Object(scope)) => texts(&format!("{}.{name}", path(key)), scope.get(name)),
            Some(_) => Err(invalid(&path(key), "must be an object")),
        };
        Ok(Scope {
            datacenters: list("datacenter_names")?,
            clusters: list("cluster_names")?,
            folders: list("folder_paths")?,
        })
    }
}

fn texts(field: &str, value: Option<&Value>) -> Result<Vec<String>, Problem> {
    let wrong = || invalid(field, "must be an array of texts, none of them empty");
    match value {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| match item.as_str() {
                Some(text) if !text.is_empty() => Ok(text.to_owned()),
                _ => Err(wrong()),
            })
            .collect(),
        Some(_) => Err(wrong()),
    }
}

fn path(key: &str) -> String {
    format!("source.config.{key}")
}
