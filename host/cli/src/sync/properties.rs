//! The properties of one object, read from its raw payload.
//!
//! A property that is absent or of an unexpected type is unknown; it never
//! affects its neighbours.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use stocktake_vcenter::names;

/// An object of the raw stage.
#[derive(Debug, serde::Deserialize)]
pub(super) struct RawRow<'r>(
    #[serde(borrow)] pub(super) Cow<'r, str>,
    #[serde(borrow)] pub(super) Properties<'r>,
);

/// Values by property path, or the fields of a value by name.
#[derive(Debug)]
pub(super) struct Properties<'r>(Vec<(Text<'r>, &'r RawValue)>);

/// A reference to an object.
#[derive(Debug, PartialEq, Eq, serde::Deserialize)]
pub(super) struct Reference<'r> {
    #[serde(borrow, rename = "type")]
    pub(super) type_name: Cow<'r, str>,
    #[serde(borrow)]
    pub(super) value: Cow<'r, str>,
}

#[derive(Debug, serde::Deserialize)]
struct Text<'r>(#[serde(borrow)] Cow<'r, str>);

/// An item of a list of objects: a reference, or a mount with the reference of its host.
#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Listed<'r> {
    Reference(#[serde(borrow)] Reference<'r>),
    Mount {
        #[serde(borrow)]
        key: Reference<'r>,
    },
}

impl<'r> Properties<'r> {
    fn get<T: Deserialize<'r>>(&self, path: &str) -> Option<T> {
        let (_, raw) = self.0.iter().find(|(known, _)| known.0 == path)?;
        serde_json::from_str(raw.get()).ok()
    }

    /// A text that is not empty.
    pub(super) fn text(&self, path: &str) -> Option<Cow<'r, str>> {
        let Text(text) = self.get(path)?;
        (!text.is_empty()).then_some(text)
    }

    /// The object's name as people see it.
    pub(super) fn name(&self) -> Option<Cow<'r, str>> {
        Some(match self.text("name")? {
            Cow::Borrowed(name) => names::decode(name),
            Cow::Owned(name) => Cow::Owned(names::decode(&name).into_owned()),
        })
    }

    /// A number of things or bytes.
    pub(super) fn count(&self, path: &str) -> Option<u64> {
        self.get(path)
    }

    /// The fields of a value.
    pub(super) fn fields(&self, path: &str) -> Option<Properties<'r>> {
        self.get(path)
    }

    /// The object that is referred to.
    pub(super) fn reference(&self, path: &str) -> Option<Reference<'r>> {
        self.get(path)
    }

    /// The ids of a list of objects.
    pub(super) fn ids(&self, path: &str) -> Option<Vec<Cow<'r, str>>> {
        let items: Vec<Listed<'r>> = self.get(path)?;
        let id = |item| match item {
            Listed::Reference(reference) | Listed::Mount { key: reference } => reference.value,
        };
        Some(items.into_iter().map(id).collect())
    }
}

impl<'de: 'r, 'r> Deserialize<'de> for Properties<'r> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields<'r>(PhantomData<&'r ()>);

        impl<'de: 'r, 'r> Visitor<'de> for Fields<'r> {
            type Value = Properties<'r>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Properties(fields))
            }
        }

        deserializer.deserialize_map(Fields(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::RawRow;

    fn row(text: &str) -> RawRow<'_> {
        serde_json::from_str(text).expect("a row")
    }

    #[test]
    fn what_is_absent_empty_or_of_another_type_is_not_known() {
        let row = row(
            r#"["vm-1",{"name":"","config.uuid":7,"hardware.memorySize":"many","hardware.cpuInfo":[],"parent":"x","vm":{}}]"#,
        );
        let RawRow(id, properties) = row;
        assert_eq!(id, "vm-1");
        assert_eq!(properties.name(), None);
        assert_eq!(properties.text("config.uuid"), None);
        assert_eq!(properties.count("hardware.memorySize"), None);
        assert!(properties.fields("hardware.cpuInfo").is_none());
        assert_eq!(properties.reference("parent"), None);
        assert_eq!(properties.ids("vm"), None);
        assert_eq!(properties.text("summary.type"), None);
    }

    #[test]
    fn a_name_is_decoded_as_the_collector_decodes_it() {
        for (name, decoded) in [
            ("a%2fb%5cc%25d", "a/b\\\\c%d"),
            ("a+b%20c", "a+b%20c"),
            ("Z\\u00fcrich%2f1", "Zürich/1"),
        ] {
            let text = format!(r#"["vm-1",{{"name":"{name}"}}]"#);
            let decoded = decoded.replace("\\\\", "\\");
            assert_eq!(row(&text).1.name().as_deref(), Some(&*decoded));
        }
    }

    #[test]
    fn a_list_holds_references_or_mounts() {
        let row = row(concat!(
            r#"["datastore-1",{"vm":[{"type":"VirtualMachine","value":"vm-1"},{"type":"VirtualMachine","value":"vm-2"}],"#,
            r#""host":[{"_typeName":"DatastoreHostMount","key":{"type":"HostSystem","value":"host-1"},"mountInfo":{"path":"/"}}]}]"#
        ));
        assert_eq!(row.1.ids("vm").expect("a list"), ["vm-1", "vm-2"]);
        assert_eq!(row.1.ids("host").expect("a list"), ["host-1"]);
    }
}
