//! Settles what differs between what was received and what there is.

use stocktake_contract::Problem;

use super::difference::{Difference, NAMED, misnamed, too_many};
use super::{Listing, Object, Order, Sighting, Source};
use crate::validation::Identities;

/// Objects that are asked for together.
const SET: usize = 200;
/// More emitted objects than this do not come and go during one run.
const MOST_FLEETING: usize = 1000;

/// Holds what was received against `listing`, which is older.
///
/// # Errors
///
/// Why the source cannot be asked.
pub(crate) async fn compare(
    listing: &Listing,
    received: &Identities,
    order: &Order,
    source: &dyn Source,
) -> Result<Vec<Problem>, Problem> {
    let missing = listing.objects();
    let missing = missing.filter(|object| !received.is_known(object.kind, &object.id));
    let missing: Vec<Object> = missing.collect();
    let mut problems = Vec::new();
    let mut unlisted = Vec::new();
    for &kind in &order.kinds {
        received.each(kind, |id| {
            if !listing.holds(kind, id) {
                let id = id.to_owned();
                unlisted.push(Object { kind, form: 0, id });
            }
        });
    }
    tracing::debug!(
        listed = listing.len(),
        missing = missing.len(),
        unlisted = unlisted.len(),
        "counted"
    );
    let mut settling = Settling {
        listing,
        order,
        source,
        second: None,
    };
    problems.extend(settling.missing(&missing).await?);
    problems.extend(settling.unlisted(unlisted).await?);
    Ok(problems)
}

/// What is asked to settle the differences.
struct Settling<'s> {
    listing: &'s Listing,
    order: &'s Order,
    source: &'s dyn Source,
    /// The list as it is now, taken when it is first needed.
    second: Option<Listing>,
}

impl Settling<'_> {
    /// Listed and not received.
    async fn missing(&mut self, objects: &[Object]) -> Result<Vec<Problem>, Problem> {
        let (mut there, mut unclear) = (Vec::new(), Vec::new());
        for set in objects.chunks(SET) {
            let sightings = self.source.look_up(set).await?;
            for (object, sighting) in set.iter().zip(sightings) {
                match sighting {
                    Sighting::Gone => {}
                    Sighting::There { is_template, .. }
                        if is_template && !self.order.include_templates => {}
                    Sighting::There { .. } => there.push(object.clone()),
                    Sighting::Unclear => unclear.push(object.clone()),
                }
            }
            // Enough is known of the list, and there is no need to ask for all of it.
            if there.len() + unclear.len() > SET {
                break;
            }
        }
        if !there.is_empty() || !unclear.is_empty() {
            let now = self.second().await?;
            for objects in [&mut there, &mut unclear] {
                objects.retain(|object| now.holds(object.kind, &object.id));
            }
        }
        let problems = [
            Difference::Withheld.problem(&there),
            Difference::Unclear.problem(&unclear),
        ];
        Ok(problems.into_iter().flatten().collect())
    }

    /// Received and not listed.
    async fn unlisted(&mut self, objects: Vec<Object>) -> Result<Vec<Problem>, Problem> {
        let mut problems = Vec::new();
        let (misplaced, unlisted): (Vec<_>, Vec<_>) = objects
            .into_iter()
            .partition(|object| self.listing.kind_of(&object.id).is_some());
        for object in misplaced.iter().take(NAMED) {
            problems.push(misnamed(object, self.listing.kind_of(&object.id)));
        }
        let (mut there, mut invented, mut fleeting) = (Vec::new(), Vec::new(), 0);
        for set in unlisted.chunks(SET) {
            let sightings = self.source.look_up(set).await?;
            for (object, sighting) in set.iter().zip(sightings) {
                match sighting {
                    Sighting::There { kind, .. } if kind == Some(object.kind) => {
                        there.push(object.clone());
                    }
                    Sighting::There { kind, .. } => {
                        if problems.len() < NAMED {
                            problems.push(misnamed(object, kind));
                        }
                    }
                    Sighting::Gone if self.source.was_sent(object) => fleeting += 1,
                    Sighting::Gone | Sighting::Unclear => invented.push(object.clone()),
                }
            }
            if invented.len() >= NAMED {
                break;
            }
            if fleeting > MOST_FLEETING {
                problems.push(too_many("were emitted and are gone", fleeting, &set[0]));
                break;
            }
        }
        problems.extend(Difference::Invented.problem(&invented));
        if !there.is_empty() && !self.order.scope.is_everything() {
            let now = self.second().await?;
            there.retain(|object| !now.holds(object.kind, &object.id));
            problems.extend(Difference::Outside.problem(&there));
        }
        Ok(problems)
    }

    async fn second(&mut self) -> Result<&Listing, Problem> {
        let listing = match self.second.take() {
            Some(listing) => listing,
            None => self.source.list().await?,
        };
        Ok(self.second.insert(listing))
    }
}

#[cfg(test)]
mod tests;
