//! The remaining steps of a run.

use std::collections::VecDeque;

use stocktake_contract::normalized::Kind;
use stocktake_contract::request::{Mode, Strategy};

use crate::collection::Stage;
use crate::config::Config;
use crate::inventory::{Bookmark, Cursor};
use crate::inventory_tree;
use crate::moref::OwnedMoRef;
use crate::profile::Profile;

/// A step of a run, of at most one call, except for retrievals, which continue
/// from page to page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Reads product and version of the server.
    Connect,
    /// Creates a session, or finds the host's.
    LogIn,
    /// Verifies that the session works.
    ProveSession,
    /// Checks whether the account may read the root folder.
    ReadRoot,
    /// Creates a view of everything below a container; by default the root folder.
    OpenView(Option<OwnedMoRef>, Vec<&'static str>),
    /// Reads the names of custom attributes.
    ReadAttributes,
    /// Reads the tags of the VMs that were listed, call by call.
    ReadTags,
    /// Reads the objects of the view, and with the inventory its own list.
    Retrieve(Stage),
    /// Reads the view's own list alone.
    Announce(Stage),
    /// Reads announced objects by id, one set after the other.
    Fetch(Fetch),
    /// Reads the view's list again, after the objects.
    ListAgain(Again),
    /// Cancels a token that is not continued.
    Cancel,
    /// Ends the view.
    CloseView,
    /// Finds the roots of the scope.
    ChooseRoots,
    /// Compares announced with returned objects.
    Account,
    /// Requests one object that was announced and not returned.
    Probe(Kind, OwnedMoRef),
    /// Emits the relations from this placement on, and then the warnings about all objects.
    Relate(Bookmark),
    /// Cleans up on the server.
    CleanUp,
}

/// How a list that was read again is processed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Again {
    /// Most objects in a set by which new objects are read. `None` when pages should have
    /// contained everything, and a new object is unaccounted for.
    pub(super) set_size: Option<u32>,
    /// How often the list may be read again.
    pub(super) rounds: u8,
}

impl Again {
    /// After the pages of a listing.
    pub(super) const PAGES: Self = Again {
        set_size: None,
        rounds: 0,
    };

    /// After objects that were read by id: objects created meanwhile are read too, until
    /// the list names nothing new.
    pub(super) fn by_name(set_size: u32) -> Self {
        Again {
            set_size: Some(set_size),
            rounds: 3,
        }
    }
}

/// Objects that are read by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fetch {
    /// The purpose.
    pub(super) stage: Stage,
    /// Only those that no view lists.
    pub(super) by_name: bool,
    /// Most objects in one set.
    pub(super) size: u32,
    /// The position.
    pub(super) cursor: Cursor,
}

impl Fetch {
    /// From the beginning, in sets of at most `size`.
    pub(super) fn new(stage: Stage, size: u32) -> Self {
        Fetch {
            stage,
            by_name: false,
            size,
            cursor: Cursor::default(),
        }
    }

    /// The same from the beginning: returned objects are skipped.
    pub(super) fn anew(self, size: u32) -> Self {
        Fetch {
            size,
            cursor: Cursor::default(),
            ..self
        }
    }
}

/// The steps after a login.
pub(super) fn after_login(config: &Config, profile: &Profile) -> VecDeque<Step> {
    let mut plan = VecDeque::new();
    if config.asks_for_root() {
        plan.push_back(Step::ReadRoot);
    }
    match config.mode {
        Mode::Healthcheck => plan.push_back(Step::ProveSession),
        Mode::Detect => {}
        _ if config.scope.is_everything() => {
            plan.push_back(Step::OpenView(None, profile.types()));
            if profile.datastores.is_some() {
                plan.extend(read(config, Stage::Datastores));
            }
            plan.extend(read_places(profile));
            plan.extend(read_tags(config));
            plan.extend(read(config, Stage::Inventory));
            plan.extend([Step::Account, Step::Relate(Bookmark::default())]);
        }
        _ => plan.extend([
            Step::OpenView(None, inventory_tree::types()),
            Step::Retrieve(Stage::InventoryTree),
            Step::CloseView,
            Step::ChooseRoots,
        ]),
    }
    plan.push_back(Step::CleanUp);
    plan
}

/// The steps after the roots of the scope are known.
pub(super) fn below_roots(
    config: &Config,
    profile: &Profile,
    roots: Vec<OwnedMoRef>,
) -> VecDeque<Step> {
    let mut plan = VecDeque::new();
    // Hosts mount datastores outside their scope.
    if let Some(datastores) = &profile.datastores {
        let mut types = vec![datastores.type_name];
        types.extend(profile.places.iter().map(|set| set.type_name));
        plan.push_back(Step::OpenView(None, types));
        plan.extend(read(config, Stage::Datastores));
        plan.extend(read_places(profile));
        plan.push_back(Step::CloseView);
    }
    let types: Vec<&'static str> = profile.inventory.iter().map(|set| set.type_name).collect();
    for root in roots {
        plan.push_back(Step::OpenView(Some(root), types.clone()));
        plan.extend(read_tags(config));
        plan.extend(read(config, Stage::Inventory));
        plan.push_back(Step::CloseView);
    }
    let by_name = Step::Fetch(Fetch {
        by_name: true,
        ..Fetch::new(Stage::Inventory, set_size(config))
    });
    plan.extend([
        by_name.clone(),
        // The switch of a port group is known once the port group has been read.
        by_name,
        Step::Account,
        Step::Relate(Bookmark::default()),
        Step::CleanUp,
    ]);
    plan
}

/// Reads what details name, in large pages whatever the strategy: names are all that is read.
fn read_places(profile: &Profile) -> Vec<Step> {
    if profile.places.is_empty() {
        return Vec::new();
    }
    vec![Step::Retrieve(Stage::Places), Step::ReadAttributes]
}

/// Reads the tags of the view's VMs before the VMs, which are emitted as they are read.
fn read_tags(config: &Config) -> Vec<Step> {
    if config.tags && config.mode.collects_vms() {
        vec![Step::Announce(Stage::Tags), Step::ReadTags]
    } else {
        Vec::new()
    }
}

fn read(config: &Config, stage: Stage) -> Vec<Step> {
    match config.strategy {
        Strategy::PropertyCollector => vec![Step::Retrieve(stage)],
        Strategy::PerObject => {
            let mut steps = vec![Step::Announce(stage)];
            steps.extend(fetch(stage, set_size(config)));
            steps
        }
    }
}

/// Reads announced objects by id. No page confirms the list then, so it is read again.
pub(super) fn fetch(stage: Stage, set_size: u32) -> Vec<Step> {
    let mut steps = vec![Step::Fetch(Fetch::new(stage, set_size))];
    if stage == Stage::Inventory {
        steps.push(Step::ListAgain(Again::by_name(set_size)));
    }
    steps
}

/// Objects of one call.
pub(super) fn set_size(config: &Config) -> u32 {
    match config.strategy {
        Strategy::PropertyCollector => config.page_size,
        Strategy::PerObject => 1,
    }
}
