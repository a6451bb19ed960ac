//! The files of an import.

use std::fs::File;
use std::io::{BufWriter, Write as _};

use serde_json::{Map, Value};

use crate::Error;
use crate::draft::DirectoryDraft;

/// Declares the forms, with the names of their files.
macro_rules! forms {
    ($( $form:ident, $name:literal; )*) => {
        /// A form of NetBox's bulk import.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(super) enum Form {
            $( $form, )*
        }

        impl Form {
            /// The forms in the order in which they are imported: each names objects of those before.
            const ALL: &[Form] = &[$( Form::$form, )*];

            /// The name of its objects.
            pub(super) fn as_str(self) -> &'static str {
                match self { $( Form::$form => $name, )* }
            }
        }
    };
}

forms! {
    Manufacturer, "manufacturers";
    DeviceRole, "device-roles";
    DeviceType, "device-types";
    Platform, "platforms";
    Site, "sites";
    ClusterType, "cluster-types";
    Cluster, "clusters";
    Device, "devices";
    Interface, "interfaces";
    VirtualMachine, "virtual-machines";
    VmInterface, "vm-interfaces";
    MacAddress, "mac-addresses";
    IpAddress, "ip-addresses";
}

/// A file per form: an array of objects, one in a line.
pub(super) struct Files<'d> {
    draft: &'d DirectoryDraft,
    files: Vec<(String, BufWriter<File>, bool)>,
}

impl<'d> Files<'d> {
    pub(super) fn new(draft: &'d DirectoryDraft) -> Result<Self, Error> {
        let mut files = Vec::new();
        for (place, form) in Form::ALL.iter().enumerate() {
            let name = format!("{:02}-{}.json", place + 1, form.as_str());
            let file = draft.file(&name)?;
            files.push((name, file, false));
        }
        Ok(Files { draft, files })
    }

    pub(super) fn add(&mut self, form: Form, object: &Map<String, Value>) -> Result<(), Error> {
        let (name, file, is_begun) = &mut self.files[form as usize];
        let separator: &[u8] = if *is_begun { b",\n" } else { b"[\n" };
        *is_begun = true;
        let written = file.write_all(separator);
        let written = written.and_then(|()| Ok(serde_json::to_writer(file, object)?));
        written.map_err(|error| Error::write(self.draft.path_of(name), error))
    }

    pub(super) fn finish(self) -> Result<(), Error> {
        for (name, mut file, is_begun) in self.files {
            let end: &[u8] = if is_begun { b"\n]\n" } else { b"[]\n" };
            let written = file.write_all(end).and_then(|()| file.flush());
            written.map_err(|error| Error::write(self.draft.path_of(&name), error))?;
        }
        Ok(())
    }
}
