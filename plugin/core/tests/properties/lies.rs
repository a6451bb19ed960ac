//! Lists and pages that are changed at random on their way to a run.

use std::collections::BTreeSet;

use super::liar::{Liar, Name, Said};
use crate::oracles::page_protocol::run;
use crate::oracles::plan::{
    ALLOW_EMPTY, Announcement, Ask, BROKERED, DATASTORES, Fate, Kind, Object, PER_OBJECT, Plan,
    SYNC, State, Trouble, What,
};
use crate::oracles::vcenter::VCenter;

/// The number of runs, unless `STOCKTAKE_LIES` sets it.
const RUNS: u64 = 400;

/// The results of the runs.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    complete: u32,
    /// Complete and right although something was changed.
    got_over: u32,
    /// Complete and wrong, for list and pages lied alike.
    alike: u32,
    refused: u32,
}

/// Whatever is dropped, repeated, swapped, truncated or edited in lists and
/// pages: of a run that is called complete, every object of the vCenter's is in
/// the answer or was kept from every list and every page of the run, and every
/// object of the answer is the vCenter's or stands in a list and on a page.
#[test]
fn no_wrong_list_is_called_complete_unless_list_and_pages_lie_alike() {
    let runs = match std::env::var("STOCKTAKE_LIES") {
        Ok(runs) => runs.parse().expect("STOCKTAKE_LIES is a number"),
        Err(_) => RUNS,
    };
    let mut tally = Tally::default();
    for seed in 0..runs {
        lie(seed, &mut tally);
    }
    println!("{runs} runs: {tally:?}");
    // Only refusals, or only honest runs, would prove little.
    let enough = u32::try_from(runs / 20).expect("a number of runs");
    assert!(tally.got_over > enough, "{tally:?}");
    assert!(tally.refused > enough, "{tally:?}");
    assert!(tally.alike < enough, "{tally:?}");
}

fn lie(seed: u64, tally: &mut Tally) {
    let mut random = fastrand::Rng::with_seed(seed);
    let plan = plan(&mut random);
    let share = [0, 5, 20, 50][random.usize(..4)];
    let mut liar = Liar::new(VCenter::new(&plan), &mut random, share);
    let (ledger, summary) = run(&plan, &mut liar);
    let said = liar.said;
    if !summary.inventory_complete {
        assert!(!summary.errors.is_empty(), "seed {seed}");
        let is_honest = said.lies == 0;
        let is_denied = plan
            .troubles
            .iter()
            .any(|trouble| trouble.what == What::NoPermission);
        assert!(!is_honest || is_denied, "seed {seed}: {:?}", summary.errors);
        tally.refused += 1;
        return;
    }
    let there: BTreeSet<(String, String)> = plan
        .objects
        .iter()
        .filter(|object| plan.emits(object.kind) && object.fate != Fate::Vanished)
        .filter_map(|object| Some((object.kind.external()?.to_owned(), object.id())))
        .collect();
    let mut is_wrong = false;
    for lost in there.difference(&ledger.assets) {
        let name = name(lost);
        is_wrong = true;
        assert!(
            !said.listed.contains(&name) && !said.sent.contains(&name),
            "seed {seed}: {lost:?} is lost although it was reported\n{plan:?}"
        );
    }
    for invented in ledger.assets.difference(&there) {
        is_wrong = true;
        assert!(
            is_backed(&said, &name(invented)),
            "seed {seed}: {invented:?} is invented\n{plan:?}"
        );
    }
    tally.complete += 1;
    tally.alike += u32::from(is_wrong);
    tally.got_over += u32::from(!is_wrong && said.lies > 0);
}

fn is_backed(said: &Said, name: &Name) -> bool {
    said.listed.contains(name) && said.sent.contains(name)
}

/// The name in the vCenter of an asset.
fn name((external, id): &(String, String)) -> Name {
    let mut kinds = Kind::ALL.iter();
    let kind = kinds.find(|kind| kind.external() == Some(external));
    (kind.expect("a kind").type_name().to_owned(), id.clone())
}

/// A vCenter that changes as vCenters do while it is read, and a run of any strategy.
fn plan(random: &mut fastrand::Rng) -> Plan {
    let (clusters, hosts) = (random.u8(1..4), random.u8(1..6));
    let mut objects = Vec::new();
    for (kind, count, places) in [
        (Kind::Datastore, random.u8(..4), 1),
        (Kind::Cluster, clusters, 1),
        (Kind::Host, hosts, clusters),
        (Kind::Vm, random.u8(1..16), hosts),
    ] {
        objects.extend((0..count).map(|number| Object {
            kind,
            number,
            fate: match (kind, random.u32(..20)) {
                (Kind::Vm, 0) if number > 0 => Fate::Created,
                (Kind::Vm, 1) if number > 0 => Fate::Vanished,
                _ => Fate::Sent,
            },
            state: State::Connected,
            place: number % places,
        }));
    }
    random.shuffle(&mut objects);
    let mut settings = ALLOW_EMPTY;
    for setting in [PER_OBJECT, SYNC, DATASTORES, BROKERED] {
        settings |= if random.bool() { setting } else { 0 };
    }
    let troubles = match random.u32(..4) {
        // Objects are read by name, or the listing begins anew.
        0 => vec![Trouble {
            call: random.u8(4..12),
            what: What::NoPermission,
            at: 0,
        }],
        1 => vec![Trouble {
            call: random.u8(4..12),
            what: What::LostSession,
            at: 0,
        }],
        _ => Vec::new(),
    };
    Plan {
        ask: Ask::ALL[random.usize(..Ask::ALL.len())],
        page_size: random.u8(1..8),
        settings,
        close_after: 0,
        most: 0,
        hollow: 0,
        announcement: [Announcement::First, Announcement::Last][random.usize(..2)],
        lengths: Vec::new(),
        troubles,
        objects,
    }
}
