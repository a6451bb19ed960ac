//! Compares some objects as the collector made them with what the host reads of them.
//!
//! The threat: a collector that lists the right objects and says wrong things of them. The host
//! draws some from its own list, which is older than the collector's, reads them at once, and again
//! behind the summary. What is the same both times, and another thing in the collector's answer, is
//! misreported; what changed in between may have been anything. The collector cannot know which
//! objects are drawn: it sees neither the draw nor the host's calls.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use stocktake_contract::{ErrorCode, Problem};

use super::difference::{ID, NAMED};
use super::{Facts, Field, Listing, Object, Reader};
use crate::quote::printable;
use crate::validation::{Asset, Identities, Relation};

/// The kinds that are compared.
const KINDS: [&str; 2] = ["vm", "host"];
/// Characters of a value in a message.
const VALUE: usize = 200;

/// The spot check of one run, shared by the reader of the host and the sink.
#[derive(Debug)]
pub(crate) struct SpotCheck {
    /// Objects to be drawn.
    size: usize,
    sample: OnceLock<Result<Sample, Problem>>,
    checked: AtomicU64,
}

#[derive(Debug)]
struct Sample {
    drawn: Vec<Drawn>,
    /// Positions by kind and id.
    positions: HashMap<&'static str, HashMap<String, usize>>,
    received: Mutex<Vec<Received>>,
}

#[derive(Debug)]
struct Drawn {
    object: Object,
    /// What the host read of it before the collector did; nothing of one that was gone.
    before: Option<Facts>,
}

#[derive(Clone, Debug, Default)]
struct Received {
    came: bool,
    facts: Facts,
}

impl SpotCheck {
    /// Of `size` objects, or of all when there are fewer.
    pub(crate) fn new(size: usize) -> Self {
        SpotCheck {
            size,
            sample: OnceLock::new(),
            checked: AtomicU64::new(0),
        }
    }

    /// Draws the objects from `listing` and reads them. The collector must not have listed anything yet.
    pub(crate) async fn draw(&self, listing: &Listing, source: &dyn Reader) {
        let candidates = listing.objects();
        let candidates = candidates.filter(|object| KINDS.contains(&object.kind));
        let most = usize::try_from(listing.len()).unwrap_or(usize::MAX);
        let objects = fastrand::choose_multiple(candidates, self.size.min(most));
        let read = source.read(&objects).await;
        // A run lists once.
        let _ = self
            .sample
            .set(read.map(|before| Sample::new(objects, before)));
    }

    /// Keeps what the collector says of an object that was drawn.
    pub(crate) fn take_asset(&self, asset: &Asset<'_>) {
        self.keep(&asset.kind, &asset.id, |received| {
            received.came = true;
            let facts = Facts::from_normalized(&asset.kind, &asset.normalized());
            received.facts.extend(facts);
        });
    }

    /// Likewise of a relation.
    pub(crate) fn take_relation(&self, relation: &Relation<'_>) {
        let (from, to) = (&relation.from, &relation.to);
        let (field, of, other) = match &*relation.kind {
            "runs_on" => (Field::Host, from, to),
            "hosts_vm" => (Field::Host, to, from),
            "member_of" => (Field::Cluster, from, to),
            _ => return,
        };
        self.keep(&of.0, &of.1, |received| received.facts.add(field, &other.1));
    }

    fn keep(&self, kind: &str, id: &str, take: impl FnOnce(&mut Received)) {
        let Some(Ok(sample)) = self.sample.get() else {
            return;
        };
        if let Some(position) = sample.position(kind, id) {
            take(&mut sample.received()[position]);
        }
    }

    /// Bytes of what is kept.
    pub(crate) fn bytes(&self) -> usize {
        let Some(Ok(sample)) = self.sample.get() else {
            return 0;
        };
        let received = sample.received();
        received.iter().map(|received| received.facts.bytes()).sum()
    }

    /// Objects that were compared.
    pub(crate) fn checked(&self) -> u64 {
        self.checked.load(Relaxed)
    }

    /// Reads the objects again and compares.
    ///
    /// # Errors
    ///
    /// Why they cannot be compared.
    pub(crate) async fn compare(
        &self,
        identities: &Identities,
        source: &dyn Reader,
    ) -> Result<Vec<Problem>, Problem> {
        let sample = match self.sample.get() {
            Some(Ok(sample)) => sample,
            Some(Err(problem)) => return Err(problem.clone()),
            None => {
                let message = "the host's spot check failed: there was no list to draw from before the collector read; collect again";
                return Err(Problem::new(ErrorCode::InventoryIncomplete, message));
            }
        };
        let received = sample.received().clone();
        let mut problems = Vec::new();
        let mut compared = Vec::new();
        for (drawn, received) in sample.drawn.iter().zip(&received) {
            if received.came {
                compared.extend(
                    drawn
                        .before
                        .as_ref()
                        .map(|before| (drawn, before, received)),
                );
            } else if identities.is_known(drawn.object.kind, &drawn.object.id) {
                problems.push(untimely(&drawn.object));
            }
        }
        let objects = compared.iter().map(|(drawn, ..)| drawn.object.clone());
        let objects: Vec<Object> = objects.collect();
        let after = source.read(&objects).await?;
        for ((drawn, before, received), after) in compared.iter().zip(&after) {
            let Some(after) = after else {
                continue;
            };
            self.checked.fetch_add(1, Relaxed);
            let found = received.facts.contradictions(before, after);
            problems.extend(found.map(|found| misreported(&drawn.object, found)));
        }
        let compared = self.checked();
        tracing::debug!(compared, wrong = problems.len(), "spot-checked");
        problems.truncate(NAMED);
        Ok(problems)
    }
}

impl Sample {
    fn new(objects: Vec<Object>, before: Vec<Option<Facts>>) -> Self {
        let mut positions: HashMap<_, HashMap<_, _>> = HashMap::new();
        for (position, object) in objects.iter().enumerate() {
            let of_kind = positions.entry(object.kind).or_default();
            of_kind.insert(object.id.clone(), position);
        }
        let received = vec![Received::default(); objects.len()];
        let drawn = objects.into_iter().zip(before);
        Sample {
            drawn: drawn
                .map(|(object, before)| Drawn { object, before })
                .collect(),
            positions,
            received: Mutex::new(received),
        }
    }

    fn position(&self, kind: &str, id: &str) -> Option<usize> {
        self.positions.get(kind)?.get(id).copied()
    }

    fn received(&self) -> MutexGuard<'_, Vec<Received>> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn misreported(object: &Object, (field, theirs, ours): (Field, &str, &[String])) -> Problem {
    let id = printable(&object.id, ID);
    let theirs = printable(theirs, VALUE);
    let ours = ours.iter().map(|value| printable(value, VALUE));
    let ours = ours.collect::<Vec<_>>().join("\" or \"");
    let name = field.name();
    let message = format!(
        "the collector emitted {} {id} with the {name} \"{theirs}\", and the host reads \"{ours}\", before and after; collect again in case it changed twice meanwhile, and if it stays, do not use this collector",
        object.kind
    );
    Problem::new(ErrorCode::PluginResponseInvalid, message)
        .with("external_kind", object.kind)
        .with("external_id", id)
        .with("field", name)
        .with("emitted", theirs)
        .with("read", ours)
}

fn untimely(object: &Object) -> Problem {
    let id = printable(&object.id, ID);
    let message = format!(
        "the collector emitted {} {id} before it listed anything, so that the host cannot compare it; do not use this collector",
        object.kind
    );
    Problem::new(ErrorCode::PluginResponseInvalid, message)
        .with("external_kind", object.kind)
        .with("external_id", id)
}

#[cfg(test)]
mod tests;
