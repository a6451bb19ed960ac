//! Requests, valid and malformed.

use serde_json::{Map, Value, json};

/// The source type that has settings of its own in the contract.
pub(crate) const VCENTER: &str = "vcenter";

/// A sound request.
pub(crate) struct Request<'r> {
    pub(crate) source_type: &'r str,
    pub(crate) mode: &'r str,
    pub(crate) endpoint: &'r str,
    pub(crate) username: &'r str,
    pub(crate) password: &'r str,
    /// What `source.config` holds besides.
    pub(crate) config: &'r Map<String, Value>,
}

impl Request<'_> {
    pub(crate) fn document(&self) -> Value {
        let mut config = Map::new();
        if self.source_type == VCENTER {
            config.insert("preferred_vcenter_version".to_owned(), "7.0-8.x".into());
        }
        config.extend(self.config.clone());
        config.insert("endpoint".to_owned(), self.endpoint.into());
        json!({
            "schema_version": "collector-request-v1",
            "source": {
                "source_id": "conformance",
                "source_type": self.source_type,
                "config": config,
                "credential": {"username": self.username, "password": self.password},
            },
            "request": {"run_id": "conformance", "mode": self.mode, "now": "2026-01-01T00:00:00Z"},
        })
    }
}

/// A malformed field of a request.
pub(crate) struct Mistake {
    /// What a message must name.
    pub(crate) field: &'static str,
    /// Where it is.
    pub(crate) pointer: &'static str,
    /// The value; `None` when the key is missing.
    pub(crate) value: Option<Value>,
}

impl Mistake {
    /// In the order in which a collector checks: the first of several is reported.
    pub(crate) fn all(source_type: &str) -> Vec<Mistake> {
        let mut all = Vec::new();
        let mut add = |field, pointer, values: Vec<Option<Value>>| {
            all.extend(values.into_iter().map(|value| Mistake {
                field,
                pointer,
                value,
            }));
        };
        let wrong = |value: Value| Some(value);
        add(
            "schema_version",
            "/schema_version",
            vec![wrong(json!("collector-request-v2")), None],
        );
        add(
            "source_type",
            "/source/source_type",
            vec![wrong(json!("no-such-source")), None],
        );
        add(
            "endpoint",
            "/source/config/endpoint",
            vec![wrong(json!("no-url")), wrong(json!(7)), None],
        );
        add("mode", "/request/mode", vec![wrong(json!("destroy")), None]);
        let empty = json!({"username": "", "password": ""});
        add("credential", "/source/credential", vec![wrong(empty), None]);
        if source_type == VCENTER {
            add(
                "preferred_vcenter_version",
                "/source/config/preferred_vcenter_version",
                vec![wrong(json!("5.x")), None],
            );
            add(
                "page_size",
                "/source/config/page_size",
                vec![wrong(json!(0)), wrong(json!("many"))],
            );
        }
        all
    }

    /// `request` with the mistake in it.
    pub(crate) fn made_in(&self, mut request: Value) -> Value {
        let (parent, key) = self.pointer.rsplit_once('/').unwrap_or_default();
        if let Some(Value::Object(parent)) = request.pointer_mut(parent) {
            match &self.value {
                Some(value) => drop(parent.insert(key.to_owned(), value.clone())),
                None => drop(parent.remove(key)),
            }
        }
        request
    }

    /// Its name in findings.
    pub(crate) fn label(&self) -> String {
        match &self.value {
            Some(value) => format!("{} {value}", self.field),
            None => format!("{} missing", self.field),
        }
    }
}
