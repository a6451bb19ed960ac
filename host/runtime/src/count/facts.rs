//! What a spot check compares of an object.

use std::collections::BTreeMap;

use serde_json::Value;

/// A property that both a collector and the host know of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Field {
    Name,
    PowerState,
    BiosUuid,
    InstanceUuid,
    /// Either of the two.
    MachineUuid,
    /// The host that a VM runs on, by its id.
    Host,
    /// The cluster that a host is a member of, by its id.
    Cluster,
}

impl Field {
    /// The field in a message.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Field::Name => "name",
            Field::PowerState => "power state",
            Field::BiosUuid => "BIOS UUID",
            Field::InstanceUuid => "instance UUID",
            Field::MachineUuid => "machine UUID",
            Field::Host => "host",
            Field::Cluster => "cluster",
        }
    }

    /// The text without what two readers may make different things of.
    fn canonical(self, text: &str) -> String {
        let is_uuid = matches!(
            self,
            Field::BiosUuid | Field::InstanceUuid | Field::MachineUuid
        );
        if is_uuid {
            let digits = text.chars().filter(char::is_ascii_alphanumeric);
            return digits.map(|digit| digit.to_ascii_lowercase()).collect();
        }
        // What XML cannot hold is replaced by one reader and left out by another.
        let is_plain =
            |character: &char| !character.is_control() && *character != char::REPLACEMENT_CHARACTER;
        text.trim().chars().filter(is_plain).collect()
    }
}

/// What is known of one object. What is not known is absent.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Facts(BTreeMap<Field, Vec<String>>);

impl Facts {
    /// What a `normalized` object says.
    pub(super) fn from_normalized(kind: &str, normalized: &Value) -> Self {
        let name = match kind {
            "vm" => "/identity/caption",
            _ => "/identity/hostname",
        };
        let mut facts = Facts::default();
        for (field, pointer) in [
            (Field::Name, name),
            (Field::PowerState, "/runtime/power_state"),
            (Field::MachineUuid, "/identity/machine_uuid"),
            (Field::BiosUuid, "/attributes/bios_uuid"),
            (Field::InstanceUuid, "/attributes/instance_uuid"),
        ] {
            if let Some(text) = normalized.pointer(pointer).and_then(Value::as_str) {
                facts.add(field, text);
            }
        }
        facts
    }

    /// Notes a value; an empty one is none.
    pub(crate) fn add(&mut self, field: Field, text: &str) {
        let text = field.canonical(text);
        let values = self.0.entry(field).or_default();
        if !text.is_empty() && !values.contains(&text) {
            values.push(text);
        }
    }

    pub(super) fn extend(&mut self, other: Facts) {
        for (field, values) in other.0 {
            for value in values {
                self.add(field, &value);
            }
        }
    }

    /// The fields of which a value is neither here nor was on the way between `before` and `after`:
    /// each with that value and what it is instead.
    pub(super) fn contradictions<'f>(
        &'f self,
        before: &'f Facts,
        after: &'f Facts,
    ) -> impl Iterator<Item = (Field, &'f str, &'f [String])> {
        self.0.iter().filter_map(|(field, values)| {
            let known = before.0.get(field).filter(|known| !known.is_empty())?;
            let is_unchanged = after.0.get(field) == Some(known);
            let mut others = values.iter().filter(|value| !known.contains(value));
            let other = others.next().filter(|_| is_unchanged)?;
            Some((*field, other.as_str(), known.as_slice()))
        })
    }

    pub(super) fn bytes(&self) -> usize {
        let texts = self.0.values().flatten();
        texts
            .map(|text| text.capacity() + size_of::<String>())
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::{Facts, Field};
    use serde_json::json;

    fn facts(values: &[(Field, &str)]) -> Facts {
        let mut facts = Facts::default();
        for (field, text) in values {
            facts.add(*field, text);
        }
        facts
    }

    #[test]
    fn a_value_is_contradicted_unless_it_may_have_changed_meanwhile() {
        let is = |name: &str| facts(&[(Field::Name, name)]);
        let nothing = Facts::default();
        for (received, before, after, expected) in [
            (is("a"), is("a"), is("a"), None),
            (is("b"), is("a"), is("a"), Some("b")),
            // It was renamed, to b in between for all that is known.
            (is("b"), is("a"), is("c"), None),
            (is("b"), is("a"), nothing.clone(), None),
            // What the host cannot read, and what the collector does not say, is no contradiction.
            (is("b"), nothing.clone(), is("a"), None),
            (is("b"), is(""), is(""), None),
            (nothing.clone(), is("a"), is("a"), None),
        ] {
            let found = received.contradictions(&before, &after).next();
            assert_eq!(found.map(|found| found.1), expected, "{received:?}");
        }
    }

    #[test]
    fn of_several_values_one_that_is_wrong_suffices() {
        let one = facts(&[(Field::Host, "host-1")]);
        let two = facts(&[(Field::Host, "host-1"), (Field::Host, "host-2")]);
        let found: Vec<_> = two.contradictions(&one, &one).collect();
        assert_eq!(found, [(Field::Host, "host-2", &["host-1".to_owned()][..])]);
        assert_eq!(one.contradictions(&two, &two).count(), 0);
    }

    #[test]
    fn spelling_is_no_contradiction() {
        for (field, one, other) in [
            (Field::BiosUuid, "4210-AB", "4210ab"),
            (Field::Name, " web\u{fffd}01", "web01 "),
            (Field::Name, "web\u{7}01", "web01"),
        ] {
            assert_eq!(facts(&[(field, one)]), facts(&[(field, other)]));
        }
        assert_ne!(
            facts(&[(Field::Name, "Web")]),
            facts(&[(Field::Name, "web")])
        );
    }

    #[test]
    fn a_normalized_object_says_what_it_holds() {
        let vm = json!({
            "identity": {"caption": "web01", "hostname": "web01.lan", "machine_uuid": "50-AA"},
            "runtime": {"power_state": "poweredOn"},
            "attributes": {"bios_uuid": "42-BB", "instance_uuid": "50-AA"},
        });
        let expected = facts(&[
            (Field::Name, "web01"),
            (Field::PowerState, "poweredOn"),
            (Field::MachineUuid, "50aa"),
            (Field::BiosUuid, "42bb"),
            (Field::InstanceUuid, "50aa"),
        ]);
        assert_eq!(Facts::from_normalized("vm", &vm), expected);
        let host = json!({"identity": {"hostname": "esx01"}});
        let expected = facts(&[(Field::Name, "esx01")]);
        assert_eq!(Facts::from_normalized("host", &host), expected);
    }
}
