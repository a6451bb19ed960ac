//! What is left to do, step by step.

use std::collections::VecDeque;

use stocktake_contract::normalized::Kind;
use stocktake_contract::request::{Mode, Strategy};

use crate::collection::Stage;
use crate::config::Config;
use crate::inventory::{Bookmark, Cursor};
use crate::inventory_tree;
use crate::moref::OwnedMoRef;
use crate::profile::Profile;

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
    /// Reads the list of what there is once more, behind what came of it.
    ListAgain(Again),
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

/// What follows on a list that was read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Again {
    /// Most objects in a set by which what is new in it is read. Without, pages were to
    /// hold everything, and what they did not is unaccounted for.
    pub(super) set_size: Option<u32>,
    /// Times that more is listed anew.
    pub(super) rounds: u8,
}

impl Again {
    /// Behind the pages of a listing.
    pub(super) const PAGES: Self = Again {
        set_size: None,
        rounds: 0,
    };

    /// Behind objects that were read by name: what is created meanwhile is read too, and the
    /// list settles when it names nothing new.
    pub(super) fn by_name(set_size: u32) -> Self {
        Again {
            set_size: Some(set_size),
            rounds: 3,
        }
    }
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
        Strategy::PerObject => {
            let mut steps = vec![Step::Announce(stage)];
            steps.extend(fetch(stage, set_size(config)));
            steps
        }
    }
}

/// Reads announced objects by name. No page vouches for the list then, so a second one has to.
pub(super) fn fetch(stage: Stage, set_size: u32) -> Vec<Step> {
    let mut steps = vec![Step::Fetch(Fetch::new(stage, set_size))];
    if stage == Stage::Inventory {
        steps.push(Step::ListAgain(Again::by_name(set_size)));
    }
    steps
}

/// Objects that one call names.
pub(super) fn set_size(config: &Config) -> u32 {
    match config.strategy {
        Strategy::PropertyCollector => config.page_size,
        Strategy::PerObject => 1,
    }
}
