//! Objects of a vCenter that the host asks for by name.

use async_trait::async_trait;
use stocktake_contract::Problem;

use super::filter::{self, Filter};
use super::objects::{Content, Objects};
use super::{Census, Trouble, tree, types};
use crate::count::{Facts, Field, Listing, Object, Reader, Sighting, Source};
use crate::vsphere::operation::Reference;
use crate::vsphere::session::VsphereSession;
use crate::vsphere::session::reply::Fault;

/// Objects that are read together.
const SET: usize = 200;

/// The source of a run whose session is the host's.
pub(super) struct Vcenter<'v> {
    pub(super) session: &'v VsphereSession,
    pub(super) census: &'v Census,
}

#[async_trait]
impl Source for Vcenter<'_> {
    async fn list(&self) -> Result<Listing, Problem> {
        self.session.list_for(&self.census.order).await
    }

    async fn look_up(&self, objects: &[Object]) -> Result<Vec<Sighting>, Problem> {
        let looked = match self.look_up_once(objects).await {
            Err(Trouble::SessionLost) => self.look_up_once(objects).await,
            looked => looked,
        };
        looked.map_err(Trouble::problem)
    }

    fn was_sent(&self, object: &Object) -> bool {
        self.census.sent.holds(object)
    }
}

#[async_trait]
impl Reader for Vcenter<'_> {
    async fn read(&self, objects: &[Object]) -> Result<Vec<Option<Facts>>, Problem> {
        let mut facts = Vec::with_capacity(objects.len());
        for set in objects.chunks(SET) {
            let read = match self.read_once(set).await {
                Err(Trouble::SessionLost) => self.read_once(set).await,
                read => read,
            };
            facts.extend(read.map_err(Trouble::problem)?);
        }
        Ok(facts)
    }
}

impl Vcenter<'_> {
    async fn look_up_once(&self, objects: &[Object]) -> Result<Vec<Sighting>, Trouble> {
        let answers = self.ask_for(objects, filter::probe, sighting).await?;
        let mut sightings = Vec::with_capacity(objects.len());
        for (object, answer) in objects.iter().zip(answers) {
            sightings.push(match answer {
                Answer::There(sighting) => sighting,
                Answer::Gone => self.look_otherwise(object).await?,
                Answer::Unclear => Sighting::Unclear,
            });
        }
        Ok(sightings)
    }

    async fn read_once(&self, objects: &[Object]) -> Result<Vec<Option<Facts>>, Trouble> {
        let answers = self.ask_for(objects, filter::facts, facts).await?;
        let facts = answers.into_iter().map(|answer| match answer {
            Answer::There(facts) => Some(facts),
            Answer::Gone | Answer::Unclear => None,
        });
        Ok(facts.collect())
    }

    /// Asks for objects by name, in ever smaller sets as long as one of a set does not exist.
    async fn ask_for<T: Send>(
        &self,
        objects: &[Object],
        filter: fn(&[Reference]) -> Filter,
        make: fn(&Content) -> T,
    ) -> Result<Vec<Answer<T>>, Trouble> {
        let mut answers: Vec<Answer<T>> = objects.iter().map(|_| Answer::Unclear).collect();
        let mut sets: Vec<Vec<usize>> = vec![(0..objects.len()).collect()];
        while let Some(mut set) = sets.pop() {
            if set.is_empty() {
                continue;
            }
            let asked: Vec<Reference> = set
                .iter()
                .map(|&at| types::reference(&objects[at]))
                .collect();
            let mut found = Found(make, Vec::new());
            match self.session.retrieve(&filter(&asked), &mut found).await {
                Ok(()) => {
                    for (id, answer) in found.1 {
                        let at = set.iter().find(|&&at| objects[at].id == id);
                        if let Some(&at) = at {
                            answers[at] = Answer::There(answer);
                        }
                    }
                }
                Err(Trouble::Fault(method, fault)) => {
                    let is_gone = fault.name == "ManagedObjectNotFound";
                    let named = set
                        .iter()
                        .position(|&at| fault.object.as_deref() == Some(&objects[at].id));
                    match named {
                        _ if !is_gone && !concerns_one_object(&fault) => {
                            return Err(Trouble::Fault(method, fault));
                        }
                        _ if set.len() == 1 && is_gone => answers[set[0]] = Answer::Gone,
                        _ if set.len() == 1 => {}
                        Some(position) if is_gone => {
                            let at = set.remove(position);
                            sets.extend([set, vec![at]]);
                        }
                        _ => {
                            let rest = set.split_off(set.len() / 2);
                            sets.extend([set, rest]);
                        }
                    }
                }
                Err(trouble) => return Err(trouble),
            }
        }
        Ok(answers)
    }

    /// An object that does not exist as the first type of its kind may as another.
    async fn look_otherwise(&self, object: &Object) -> Result<Sighting, Trouble> {
        for reference in types::other_references(object) {
            let mut found = Found(sighting, Vec::new());
            let filter = filter::probe(std::slice::from_ref(&reference));
            match self.session.retrieve(&filter, &mut found).await {
                Ok(()) => {
                    if let Some((_, sighting)) = found.1.first() {
                        return Ok(*sighting);
                    }
                }
                Err(Trouble::Fault(..)) => {}
                Err(trouble) => return Err(trouble),
            }
        }
        Ok(Sighting::Gone)
    }
}

/// The fault may be about one of several objects that were asked for.
fn concerns_one_object(fault: &Fault) -> bool {
    matches!(
        fault.name.as_str(),
        "NoPermission" | "InvalidArgument" | "InvalidType" | "InvalidProperty" | "InvalidRequest"
    )
}

/// What the server says of an object that is asked for by name.
enum Answer<T> {
    There(T),
    Gone,
    Unclear,
}

/// What was found by name, by ids, and what is made of it.
struct Found<T>(fn(&Content) -> T, Vec<(String, T)>);

impl<T> Objects for Found<T> {
    fn object(&mut self, object: &Content) -> Result<(), Problem> {
        let made = self.0(object);
        self.1.push((object.reference.id.clone(), made));
        Ok(())
    }
}

fn sighting(object: &Content) -> Sighting {
    Sighting::There {
        kind: types::kind(&object.reference.type_name).map(|(kind, _)| kind),
        is_template: object.text("config.template") == Some("true"),
    }
}

/// What [`filter::facts`] reads of an object.
fn facts(object: &Content) -> Facts {
    let mut facts = Facts::default();
    let mut add = |path: &str, field: Field| {
        if let Some(text) = object.text(path) {
            facts.add(field, text);
        }
    };
    add("config.instanceUuid", Field::InstanceUuid);
    add("config.instanceUuid", Field::MachineUuid);
    add("config.uuid", Field::BiosUuid);
    add("config.uuid", Field::MachineUuid);
    add("runtime.host", Field::Host);
    if let Some(name) = object.text("name") {
        facts.add(Field::Name, &tree::decode(name));
    }
    match object.text("runtime.powerState") {
        // A host's.
        Some("standBy") => facts.add(Field::PowerState, "suspended"),
        Some("unknown") | None => {}
        Some(state) => facts.add(Field::PowerState, state),
    }
    if let Some(parent) = object.referenced("parent")
        && parent.type_name == "ClusterComputeResource"
    {
        facts.add(Field::Cluster, &parent.id);
    }
    facts
}
