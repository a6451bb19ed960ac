//! What is left to do, step by step.

use std::collections::VecDeque;

use stocktake_contract::normalized::Kind;
use stocktake_contract::request::{Mode, Strategy};

use crate::collection::Stage;
use crate::config::Config;
use crate::inventory::{Bookmark, Cursor};
use crate::moref::OwnedMoRef;
use crate::profile::Profile;
use crate::survey;

/// A step of a run; each makes one call at most, but for retrievals, which go
/// on from page to page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Asks what the server is.
    Connect,
    /// Makes a session, or finds the host's.
    LogIn,
    /// Proves that the session works.
    ProveSession,
    /// Asks whether the account may read the root folder.
    ReadRoot,
    /// Makes a view of what lies below a container; the root folder without one.
    OpenView(Option<OwnedMoRef>, Vec<&'static str>),
    /// Reads what the view holds, and with the inventory its own list.
    Retrieve(Stage),
    /// Reads the view's own list alone.
    Announce(Stage),
    /// Reads announced objects by name, one set after the other.
    Fetch(Fetch),
    /// Gives a token back that is not continued.
    Cancel,
    /// Ends the view.
    CloseView,
    /// Finds where the asked part of the inventory begins.
    ChooseRoots,
    /// Compares what was announced with what came.
    Account,
    /// Asks for one object that was announced and did not come.
    Probe(Kind, OwnedMoRef),
    /// Emits the relations from this placement on, and then what is to be said of all objects.
    Relate(Bookmark),
    /// Ends on the server what this run began there.
    CleanUp,
}

/// Objects that are read by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fetch {
    /// What they are read for.
    pub(super) stage: Stage,
    /// Only those that no view lists.
    pub(super) by_name: bool,
    /// Most objects in one set.
    pub(super) size: u32,
    /// How far it has come.
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

    /// The same from the beginning: what has come meanwhile is passed over.
    pub(super) fn anew(self, size: u32) -> Self {
        Fetch {
            size,
            cursor: Cursor::default(),
            ..self
        }
    }
}

/// What follows a login.
pub(super) fn after_login(config: &Config, profile: &Profile) -> VecDeque<Step> {
    let mut plan = VecDeque::new();
    match config.mode {
        Mode::Healthcheck => plan.push_back(Step::ProveSession),
        Mode::Detect => {}
        _ if config.scope.is_everything() => {
            plan.push_back(Step::ReadRoot);
            plan.push_back(Step::OpenView(None, profile.types()));
            if profile.datastores.is_some() {
                plan.extend(read(config, Stage::Datastores));
            }
            plan.extend(read(config, Stage::Inventory));
            plan.extend([Step::Account, Step::Relate(Bookmark::default())]);
        }
        _ => plan.extend([
            Step::OpenView(None, survey::types()),
            Step::Retrieve(Stage::Survey),
            Step::CloseView,
            Step::ChooseRoots,
        ]),
    }
    plan.push_back(Step::CleanUp);
    plan
}

/// What follows once it is known where the asked part begins.
pub(super) fn below_roots(
    config: &Config,
    profile: &Profile,
    roots: Vec<OwnedMoRef>,
) -> VecDeque<Step> {
    let mut plan = VecDeque::new();
    // Hosts mount datastores that lie outside of the part they are in.
    if let Some(datastores) = &profile.datastores {
        plan.push_back(Step::OpenView(None, vec![datastores.type_name]));
        plan.extend(read(config, Stage::Datastores));
        plan.push_back(Step::CloseView);
    }
    let types: Vec<&'static str> = profile.inventory.iter().map(|set| set.type_name).collect();
    for root in roots {
        plan.push_back(Step::OpenView(Some(root), types.clone()));
        plan.extend(read(config, Stage::Inventory));
        plan.push_back(Step::CloseView);
    }
    let by_name = Step::Fetch(Fetch {
        by_name: true,
        ..Fetch::new(Stage::Inventory, set_size(config))
    });
    plan.extend([
        by_name.clone(),
        // The switch of a port group is known once the port group has come.
        by_name,
        Step::Account,
        Step::Relate(Bookmark::default()),
        Step::CleanUp,
    ]);
    plan
}

fn read(config: &Config, stage: Stage) -> Vec<Step> {
    match config.strategy {
        Strategy::PropertyCollector => vec![Step::Retrieve(stage)],
        Strategy::PerObject => vec![
            Step::Announce(stage),
            Step::Fetch(Fetch::new(stage, set_size(config))),
        ],
    }
}

/// Objects that one call names.
pub(super) fn set_size(config: &Config) -> u32 {
    match config.strategy {
        Strategy::PropertyCollector => config.page_size,
        Strategy::PerObject => 1,
    }
}
