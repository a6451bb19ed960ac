//! Container views: which objects one lists, as a rule that is evaluated while walking, never as a list.

use crate::inventory::{Kind, Object, Site};

/// The rule of a view.
#[derive(Clone, Debug)]
pub(crate) struct View {
    kinds: [bool; Kind::COUNT],
    container: Object,
    recursive: bool,
    /// Objects outside are not listed: the account does not see them.
    horizon: Option<Object>,
    /// Nor is this object, wherever it is.
    unseen: Option<Object>,
}

/// How far a walk over a view has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Walk {
    kind: usize,
    index: u32,
}

impl View {
    /// A view of the objects in `container` whose type, or a base of it, is among `types`; all of them when `types` is empty.
    pub(crate) fn new(types: &[&str], container: Object, recursive: bool) -> Self {
        let mut kinds = [false; Kind::COUNT];
        for kind in Kind::ALL {
            kinds[kind.position()] = match types {
                [] => kind != Kind::CustomFields,
                _ => kind.lineage().iter().any(|name| types.contains(name)),
            };
        }
        Self {
            kinds,
            container,
            recursive,
            horizon: None,
            unseen: None,
        }
    }

    /// The same view for an account that sees only what is in `horizon`.
    pub(crate) fn within(self, horizon: Option<Object>) -> Self {
        Self { horizon, ..self }
    }

    /// The same view for an account that does not see one object.
    pub(crate) fn without(self, unseen: Option<Object>) -> Self {
        Self { unseen, ..self }
    }

    /// The next object of the view that is of a kind `wanted`.
    pub(crate) fn next(
        &self,
        site: &Site,
        walk: &mut Walk,
        wanted: impl Fn(Kind) -> bool,
    ) -> Option<Object> {
        while let Some(&kind) = Kind::ALL.get(walk.kind) {
            if self.kinds[walk.kind] && wanted(kind) {
                let count = site.count(kind);
                while walk.index < count {
                    let object = Object::new(kind, walk.index);
                    walk.index += 1;
                    let in_sight = |horizon| object == horizon || site.holds(horizon, true, object);
                    if site.exists(object)
                        && site.holds(self.container, self.recursive, object)
                        && self.horizon.is_none_or(in_sight)
                        && self.unseen != Some(object)
                    {
                        return Some(object);
                    }
                }
            }
            *walk = Walk {
                kind: walk.kind + 1,
                index: 0,
            };
        }
        None
    }
}
