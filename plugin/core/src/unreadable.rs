//! Properties that could not be read, reported once per property and cause instead
//! of once per object: a role that lacks one privilege lacks it 100,000 times.

use indexmap::IndexMap;
use stocktake_contract::{Warning, WarningCode};

use crate::moref::MoRef;
use crate::soap::fault::Fault;

/// Objects named in one warning; the rest is counted.
const NAMED: usize = 20;

/// Stands for a server's version, which does not know a property of any object.
pub const EVERY_OBJECT: MoRef<'static> = MoRef {
    type_name: "",
    value: "",
};

/// What could not be read so far.
#[derive(Debug, Default)]
pub struct Unreadable(IndexMap<Cause, Objects>);

#[derive(Debug, PartialEq, Eq, Hash)]
struct Cause {
    type_name: String,
    path: String,
    fault: String,
    privilege: Option<String>,
}

#[derive(Debug, Default)]
struct Objects {
    count: u64,
    named: Vec<String>,
}

impl Unreadable {
    /// A property of `object` could not be read.
    pub fn add(&mut self, object: MoRef<'_>, path: &str, fault: &Fault) {
        let cause = Cause {
            type_name: object.type_name.to_owned(),
            path: path.to_owned(),
            fault: fault.name.clone(),
            privilege: fault.privilege.clone(),
        };
        let objects = self.0.entry(cause).or_default();
        objects.count += 1;
        if object != EVERY_OBJECT && objects.named.len() < NAMED {
            objects.named.push(object.value.to_owned());
        }
    }

    /// One warning per property and cause, in the order met.
    pub fn warnings(&self) -> impl Iterator<Item = Warning> + '_ {
        self.0.iter().map(|(cause, objects)| {
            let Cause {
                type_name,
                path,
                fault,
                privilege,
            } = cause;
            let cure = match (privilege, fault.as_str()) {
                (Some(privilege), _) => format!("; grant {privilege} to the account"),
                (None, "InvalidProperty") => "; this server's version does not have it".to_owned(),
                (None, _) => String::new(),
            };
            let fault = if fault.is_empty() { "fault" } else { fault };
            let reported = |of: &str| {
                let message = format!("{path} of {of} could not be read: {fault}{cure}");
                Warning::new(WarningCode::PropertyUnreadable, message)
                    .with("property", path.as_str())
                    .with("fault", fault)
            };
            let mut warning = if type_name.is_empty() {
                reported("any object")
            } else {
                reported(&format!("{} {type_name} objects", objects.count))
                    .with("object_type", type_name.as_str())
                    .with("objects", objects.named.clone())
                    .with("count", objects.count)
            };
            if let Some(privilege) = privilege {
                warning = warning.with("privilege", privilege.as_str());
            }
            warning
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Unreadable;
    use crate::moref::MoRef;
    use crate::soap::fault::Fault;

    /// BY-2: a fault per object becomes output, with the privilege that cures it.
    #[test]
    fn one_cause_is_one_warning_that_names_objects_and_privilege() {
        let mut unreadable = Unreadable::default();
        let fault = Fault {
            name: "NoPermission".to_owned(),
            privilege: Some("System.Read".to_owned()),
            ..Fault::default()
        };
        for number in 0..30 {
            let id = format!("vm-{number}");
            let vm = MoRef {
                type_name: "VirtualMachine",
                value: &id,
            };
            unreadable.add(vm, "config.uuid", &fault);
        }
        let warnings: Vec<_> = unreadable.warnings().collect();
        assert_eq!(warnings.len(), 1);
        assert_eq!(
            warnings[0].message,
            "config.uuid of 30 VirtualMachine objects could not be read: NoPermission; grant System.Read to the account"
        );
        let context = warnings[0].redacted_context.as_ref().expect("facts");
        assert_eq!(context["objects"].as_array().map(Vec::len), Some(20));
        assert_eq!(context["count"], 30);
    }
}
