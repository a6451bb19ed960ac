//! References to managed objects.

/// A reference: the type and the opaque id of a managed object. Ids may contain
/// any character, including brackets and slashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MoRef<'a> {
    /// The managed object's type, as in `VirtualMachine`.
    pub type_name: &'a str,
    /// Its id, as in `vm-12`.
    pub value: &'a str,
}

impl MoRef<'_> {
    /// The reference with owned text.
    #[must_use]
    pub fn to_owned(self) -> OwnedMoRef {
        OwnedMoRef {
            type_name: self.type_name.to_owned(),
            value: self.value.to_owned(),
        }
    }
}

/// A reference that owns its text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct OwnedMoRef {
    /// The managed object's type.
    pub type_name: String,
    /// Its id.
    pub value: String,
}

impl OwnedMoRef {
    /// The reference as a view.
    #[must_use]
    pub fn as_ref(&self) -> MoRef<'_> {
        MoRef {
            type_name: &self.type_name,
            value: &self.value,
        }
    }
}
