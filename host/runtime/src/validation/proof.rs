//! What a verified run proves.

use std::collections::BTreeMap;

use stocktake_contract::response::{CountedBy, Evidence};
use stocktake_contract::roots::Roots;

use super::item_validator::ItemValidator;

/// An inventory is whole: each object that the vCenter announced was received, or is accounted for.
///
/// Only [`Verifier::finish`](super::Verifier::finish) makes one, of a run whose pages and summary it
/// verified, so that code which stores or publishes an inventory can require one in its signature:
///
/// ```
/// # use stocktake_runtime::validation::Proof;
/// fn commit(proof: &Proof) {
///     println!("run {} of {} proves {:?}", proof.run_id(), proof.source_id(), proof.kinds());
/// }
/// ```
///
/// There is no other way to one: its fields are private, it has no default, and it is read from no file.
///
/// ```compile_fail,E0451
/// # use stocktake_runtime::validation::Proof;
/// let proof = Proof {
///     run_id: String::from("1"),
///     ..unreachable!()
/// };
/// ```
///
/// ```compile_fail,E0277
/// # use stocktake_runtime::validation::Proof;
/// fn default<T: Default>() -> T {
///     T::default()
/// }
/// let proof: Proof = default();
/// ```
///
/// ```compile_fail,E0277
/// # use stocktake_runtime::validation::Proof;
/// let proof: Proof = serde_json::from_str("{}").unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    run_id: String,
    source_id: String,
    kinds: BTreeMap<String, u64>,
    roots: Option<Roots>,
    counted_by: CountedBy,
}

impl Proof {
    /// The proof of a run whose summary was found to hold.
    pub(super) fn new(items: &ItemValidator, evidence: &Evidence, roots: Option<Roots>) -> Self {
        let scope = &items.scope;
        let kinds = scope.owed_kinds();
        Proof {
            run_id: scope.run_id.clone(),
            source_id: scope.source_id.clone(),
            kinds: kinds
                .map(|kind| (kind.to_owned(), items.assets_of(kind)))
                .collect(),
            roots,
            counted_by: evidence.counted_by,
        }
    }

    /// The run, by the `request.run_id` of its request.
    #[must_use]
    pub fn run_id(&self) -> &str {
        &self.run_id
    }

    /// The source, by the `source.source_id` of the request.
    #[must_use]
    pub fn source_id(&self) -> &str {
        &self.source_id
    }

    /// The kinds of which every object is accounted for, with the number of assets received of
    /// each. A kind that is not here was not listed, so that a missing object of it means nothing.
    #[must_use]
    pub fn kinds(&self) -> &BTreeMap<String, u64> {
        &self.kinds
    }

    /// The roots below which everything is accounted for; none where the source is no vCenter.
    #[must_use]
    pub fn roots(&self) -> Option<&Roots> {
        self.roots.as_ref()
    }

    /// Who counted the objects that there are.
    #[must_use]
    pub fn counted_by(&self) -> CountedBy {
        self.counted_by
    }
}
