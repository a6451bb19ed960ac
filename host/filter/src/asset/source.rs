//! Where in an asset's JSON the values of a field are.

use serde_json::Value as Json;

use crate::evaluate::Value;
use crate::number::Number;

/// Paths from the root of an asset.
///
/// Segments between dots are members; lists on the way are walked through. `*` is the key of a keyed field, `{category}` the
/// elements whose member `category` is the key; without a key all entries are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    paths: Vec<Vec<Step>>,
    /// Whether paths after the first that has a value are left out.
    first_only: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Member(Box<str>),
    Key,
    ElementOf(Box<str>),
}

impl Source {
    pub(super) fn new(paths: &[&str], first_only: bool) -> Self {
        let steps = |path: &&str| path.split('.').map(Step::new).collect();
        Self {
            paths: paths.iter().map(steps).collect(),
            first_only,
        }
    }

    pub(super) fn any<'j>(
        &self,
        asset: &'j Json,
        key: Option<&str>,
        test: &mut dyn FnMut(Value<'j>) -> bool,
    ) -> bool {
        for path in &self.paths {
            let mut found = false;
            let passed = walk(asset, path, key, &mut |value| {
                found = true;
                test(value)
            });
            if passed {
                return true;
            }
            if found && self.first_only {
                return false;
            }
        }
        false
    }
}

impl Step {
    fn new(segment: &str) -> Self {
        if segment == "*" {
            return Self::Key;
        }
        let member = segment.strip_prefix('{').and_then(|s| s.strip_suffix('}'));
        match member {
            Some(member) => Self::ElementOf(member.into()),
            None => Self::Member(segment.into()),
        }
    }
}

/// As deep as the path is long: JSON below its end has no values.
fn walk<'j>(
    json: &'j Json,
    path: &[Step],
    key: Option<&str>,
    test: &mut dyn FnMut(Value<'j>) -> bool,
) -> bool {
    let is_key = |name: &str| key.is_none_or(|key| key.eq_ignore_ascii_case(name));
    let Some((step, rest)) = path.split_first() else {
        return leaf(json, test);
    };
    match (step, json) {
        (Step::ElementOf(member), Json::Array(elements)) => elements
            .iter()
            .filter(|element| {
                element
                    .get(&**member)
                    .and_then(Json::as_str)
                    .is_some_and(is_key)
            })
            .any(|element| walk(element, rest, key, test)),
        (_, Json::Array(elements)) => elements
            .iter()
            .filter(|element| element.is_object())
            .any(|element| walk(element, path, key, test)),
        (Step::Member(name), Json::Object(members)) => members
            .get(&**name)
            .is_some_and(|member| walk(member, rest, key, test)),
        (Step::Key, Json::Object(members)) => members
            .iter()
            .filter(|(name, _)| is_key(name))
            .any(|(_, member)| walk(member, rest, key, test)),
        _ => false,
    }
}

fn leaf<'j>(json: &'j Json, test: &mut dyn FnMut(Value<'j>) -> bool) -> bool {
    if let Json::Array(elements) = json {
        return elements.iter().filter_map(scalar).any(test);
    }
    scalar(json).is_some_and(test)
}

fn scalar(json: &Json) -> Option<Value<'_>> {
    match json {
        Json::String(text) => Some(Value::Text(text)),
        Json::Number(number) => Number::from_json(number).map(Value::Number),
        Json::Bool(boolean) => Some(Value::Boolean(*boolean)),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}
