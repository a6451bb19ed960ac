//! Table, types and schema say the same.

use std::path::Path;
use std::{env, fs};

use serde_json::{Map, Value, json};

use super::{
    Cluster, Datacenter, Datastore, DatastorePod, Details, DvPortgroup, DvSwitch, Field, Fields,
    Folder, Host, Network, Object, ResourcePool, Shape, VApp, Vm, fields, paths, rows, schema,
};
use crate::normalized::Kind;

/// A value of each shape, every field present.
fn sample(shape: Shape) -> Value {
    match shape {
        Shape::Text => json!("a \"b\" ü"),
        Shape::Time => json!("2026-01-31T08:30:00.5Z"),
        Shape::Count => json!(7),
        Shape::Flag => json!(true),
        Shape::Object(fields) => object(fields),
        Shape::List(item) => json!([sample(*item), sample(*item)]),
        Shape::Map => json!({"owner": "ops", "cost centre": "42"}),
    }
}

fn object(fields: &[Field]) -> Value {
    let fields = fields.iter();
    let fields = fields.map(|field| (field.name.to_owned(), sample(field.shape)));
    Value::Object(fields.collect::<Map<_, _>>())
}

fn document(kind: Kind) -> Value {
    let mut document = object(fields(kind));
    document["version"] = json!("details-v1");
    document
}

/// What the type of a kind makes of a document: what it writes again, or why it refuses it.
fn read(kind: Kind, document: &Value) -> Result<Value, String> {
    fn through<'t, T>(text: &'t str) -> Result<Value, String>
    where
        T: Object<'t> + Fields,
    {
        let details: Details<T> = serde_json::from_str(text).map_err(|error| error.to_string())?;
        serde_json::to_value(&details).map_err(|error| error.to_string())
    }
    let document = &document.to_string();
    match kind {
        Kind::Vm => through::<Vm<'_>>(document),
        Kind::Host => through::<Host<'_>>(document),
        Kind::Cluster => through::<Cluster<'_>>(document),
        Kind::Datastore => through::<Datastore<'_>>(document),
        Kind::Network => through::<Network<'_>>(document),
        Kind::DvPortgroup => through::<DvPortgroup<'_>>(document),
        Kind::DvSwitch => through::<DvSwitch<'_>>(document),
        Kind::Datacenter => through::<Datacenter<'_>>(document),
        Kind::Folder => through::<Folder<'_>>(document),
        Kind::ResourcePool => through::<ResourcePool<'_>>(document),
        Kind::VApp => through::<VApp<'_>>(document),
        Kind::DatastorePod => through::<DatastorePod<'_>>(document),
    }
}

/// Every value inside of a document, by its JSON pointer.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    if !at.is_empty() {
        found.push(at.to_owned());
    }
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                pointers(member, &format!("{at}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (position, item) in items.iter().enumerate() {
                pointers(item, &format!("{at}/{position}"), found);
            }
        }
        _ => {}
    }
}

/// Stale? `STOCKTAKE_BLESS=1 cargo test -p stocktake-contract` writes it anew.
#[test]
fn the_schema_file_is_made_of_the_table() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/details-v1.schema.json");
    if env::var_os("STOCKTAKE_BLESS").is_some() && env::var_os("CI").is_none() {
        let text = serde_json::to_string_pretty(&schema()).expect("JSON");
        fs::write(&file, text + "\n").expect("the schema");
        return;
    }
    let written: Value = serde_json::from_str(crate::schema::DETAILS).expect("JSON");
    assert_eq!(written, schema(), "details-v1.schema.json is stale");
}

#[test]
fn a_document_with_every_field_of_the_table_passes_through_its_type() {
    for kind in Kind::ALL {
        let document = document(kind);
        assert_eq!(read(kind, &document), Ok(document.clone()), "{kind:?}");
        let least = json!({"version": "details-v1"});
        assert_eq!(read(kind, &least), Ok(least.clone()), "{kind:?}");
    }
}

#[test]
fn a_type_refuses_what_is_of_another_type_null_empty_or_unknown() {
    for kind in Kind::ALL {
        let sound = document(kind);
        let mut places = Vec::new();
        pointers(&sound, "", &mut places);
        for place in places {
            for wrong in [
                json!(null),
                json!(""),
                json!(-1),
                json!([[]]),
                json!({"?": 1}),
            ] {
                let mut document = sound.clone();
                *document.pointer_mut(&place).expect("a place") = wrong.clone();
                assert!(read(kind, &document).is_err(), "{kind:?} {place} = {wrong}");
            }
        }
        let mut unknown = sound.clone();
        unknown["more"] = json!(1);
        assert!(read(kind, &unknown).is_err(), "{kind:?}");
        let mut unversioned = sound.clone();
        unversioned
            .as_object_mut()
            .expect("an object")
            .remove("version");
        assert!(read(kind, &unversioned).is_err(), "{kind:?}");
    }
}

#[test]
fn a_key_that_comes_twice_is_refused() {
    for text in [
        r#"{"version":"details-v1","version":"details-v1"}"#,
        r#"{"version":"details-v1","firmware":"efi","firmware":"efi"}"#,
        r#"{"version":"details-v1","custom_attributes":{"a":"1","\u0061":"2"}}"#,
    ] {
        assert!(
            serde_json::from_str::<Details<Vm<'_>>>(text).is_err(),
            "{text}"
        );
    }
}

#[test]
fn a_time_is_one_in_utc() {
    let is_time = |time: &str| super::Time::new(time.to_owned()).is_some();
    assert!(is_time("2026-01-31T08:30:00Z"));
    assert!(is_time("2026-01-31T08:30:00.123456789Z"));
    for other in [
        "",
        "2026-01-31",
        "2026-01-31T08:30:00",
        "2026-01-31T08:30:00+00:00",
        "2026-01-31 08:30:00Z",
        "2026-01-31T08:30:00.Z",
        "2026-01-31T08:30:00.1234567890Z",
    ] {
        assert!(!is_time(other), "{other}");
    }
}

#[test]
fn every_field_names_the_properties_that_it_is_made_of() {
    for kind in Kind::ALL {
        let rows = rows(kind);
        for row in &rows {
            let inside = rows.iter().filter(|other| {
                let rest = other.name.strip_prefix(&row.name);
                rest.is_some_and(|rest| rest.starts_with(['.', '[']))
            });
            let above = rows.iter().filter(|other| {
                let rest = row.name.strip_prefix(&other.name);
                rest.is_some_and(|rest| rest.starts_with(['.', '[']))
            });
            let mut all = inside.chain(above).chain([row]);
            // Tags are no properties.
            let is_tag = row.name.starts_with("tags");
            assert!(
                is_tag || all.any(|row| !row.field.paths.is_empty()),
                "{kind:?} {}",
                row.name
            );
            assert!(!row.field.about.is_empty(), "{kind:?} {}", row.name);
        }
        let mut names: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), rows.len(), "{kind:?}");
        // That of the object stands before the fields.
        assert!(!names.contains(&"version"), "{kind:?}");
        assert!(!paths(kind).is_empty(), "{kind:?}");
    }
}

#[test]
fn an_object_without_values_is_empty() {
    assert!(Vm::default().is_empty());
    let vm = Vm {
        vtpm: Some(false),
        ..Vm::default()
    };
    assert!(!vm.is_empty());
}
