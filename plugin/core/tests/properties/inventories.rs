//! Whole runs over planned vCenters.

use proptest::prelude::*;
use proptest::sample::select;
use stocktake_contract::ErrorCode;

use crate::oracles::page_protocol::{Outcome, check_plan};
use crate::oracles::plan::{
    ALLOW_EMPTY, Announcement, Ask, BROKERED, Fate, Kind, Object, Plan, State, Trouble, What,
};

/// Ways in which a reply is lost on the network.
const LOSSES: [What; 4] = [What::Cut, What::Refused, What::BadGateway, What::Overloaded];

/// A vCenter without failures: clusters, hosts in them, VMs on
/// the hosts, none of it twice and all of it readable.
fn sound() -> impl Strategy<Value = Plan> {
    let counts = (1..4_u8, 1..6_u8, 0..20_u8, 0..4_u8);
    let states = proptest::collection::vec(
        select(vec![State::Connected, State::Disconnected, State::Template]),
        20,
    );
    (
        select(Ask::ALL),
        counts,
        states,
        any::<prop::sample::Index>(),
        select(vec![ALLOW_EMPTY, ALLOW_EMPTY | BROKERED]),
    )
        .prop_map(
            |(ask, (clusters, hosts, vms, datastores), states, turn, settings)| {
                let of = |kind, number, place| Object {
                    kind,
                    number,
                    fate: Fate::Sent,
                    state: State::Connected,
                    place,
                };
                let mut objects: Vec<Object> = (0..datastores)
                    .map(|number| of(Kind::Datastore, number, 0))
                    .chain((0..clusters).map(|number| of(Kind::Cluster, number, hosts)))
                    .chain((0..hosts).map(|number| of(Kind::Host, number, number % clusters)))
                    .chain((0..vms).map(|number| of(Kind::Vm, number, number % hosts)))
                    .collect();
                let vms = objects.iter_mut().filter(|object| object.kind == Kind::Vm);
                for (vm, state) in vms.zip(states) {
                    vm.state = state;
                }
                // A VM may precede its host.
                let turn = turn.index(objects.len());
                objects.rotate_left(turn);
                Plan {
                    ask,
                    page_size: 99,
                    settings,
                    close_after: 0,
                    most: 0,
                    hollow: 0,
                    announcement: Announcement::First,
                    lengths: Vec::new(),
                    troubles: Vec::new(),
                    objects,
                }
            },
        )
}

/// How a listing is split into pages and bytes, on which the result must not depend.
#[derive(Clone, Debug)]
struct Paging {
    page_size: u8,
    most: u8,
    hollow: u8,
    lengths: Vec<u8>,
}

fn paging() -> impl Strategy<Value = Paging> {
    let lengths = proptest::collection::vec(any::<u8>(), 0..4);
    (0..12_u8, 0..5_u8, 0..3_u8, lengths).prop_map(|(page_size, most, hollow, lengths)| Paging {
        page_size,
        most,
        hollow,
        lengths,
    })
}

/// Pages so small that most listings have several.
fn small_pages() -> impl Strategy<Value = Paging> {
    paging().prop_map(|paging| Paging {
        page_size: paging.page_size % 3,
        ..paging
    })
}

fn paged(plan: &Plan, paging: &Paging) -> Plan {
    let Paging {
        page_size,
        most,
        hollow,
        lengths,
    } = paging.clone();
    Plan {
        page_size,
        most,
        hollow,
        lengths,
        ..plan.clone()
    }
}

/// Anything at all.
fn any_plan() -> impl Strategy<Value = Plan> {
    let object = (
        select(Kind::ALL),
        prop_oneof![0..8_u8, any::<u8>()],
        select(Fate::ALL),
        select(State::ALL),
        0..8_u8,
    )
        .prop_map(|(kind, number, fate, state, place)| Object {
            kind,
            number,
            fate,
            state,
            place,
        });
    let trouble = (0..24_u8, select(What::ALL), any::<u8>()).prop_map(|(call, what, at)| Trouble {
        call,
        what,
        at,
    });
    let settings = (
        select(Ask::ALL),
        0..128_u8,
        prop_oneof![4 => Just(0_u8), 1 => 1..9_u8],
        select(Announcement::ALL),
    );
    (
        settings,
        paging(),
        proptest::collection::vec(trouble, 0..4),
        proptest::collection::vec(object, 0..24),
    )
        .prop_map(
            |((ask, settings, close_after, announcement), paging, troubles, objects)| Plan {
                ask,
                settings,
                close_after,
                announcement,
                page_size: paging.page_size,
                most: paging.most,
                hollow: paging.hollow,
                lengths: paging.lengths,
                troubles,
                objects,
            },
        )
}

/// The calls from `first` on for a further page.
fn continued(outcome: &Outcome, first: usize) -> Vec<u8> {
    let calls = outcome.calls.iter().enumerate().skip(first);
    calls
        .filter(|(_, method)| *method == "ContinueRetrievePropertiesEx")
        .filter_map(|(place, _)| u8::try_from(place).ok())
        .collect()
}

proptest! {
    #![proptest_config(crate::config())]

    #[test]
    fn a_sound_inventory_is_complete_whatever_the_page_size_and_the_cut(
        plan in sound(),
        last in any::<bool>(),
        paging in paging(),
    ) {
        let Outcome { lines, summary, .. } = check_plan(&plan);
        prop_assert!(summary.inventory_complete, "{:?}", summary.errors);
        prop_assert_eq!(summary.evidence.left_behind(), 0);
        let mut other = paged(&plan, &paging);
        if last {
            other.announcement = Announcement::Last;
        }
        let Outcome { lines: others, summary, .. } = check_plan(&other);
        prop_assert!(summary.inventory_complete, "{:?}", summary.errors);
        prop_assert_eq!(others, lines);
    }

    #[test]
    fn an_inventory_is_complete_exactly_when_nothing_is_withheld(
        plan in sound(),
        fates in proptest::collection::vec((any::<prop::sample::Index>(), select(Fate::ALL)), 0..3),
        paging in paging(),
    ) {
        let mut plan = paged(&plan, &paging);
        let count = plan.objects.len();
        for (place, fate) in fates {
            let object = &mut plan.objects[place.index(count)];
            // Without its hosts an inventory has no relations, which is an error of its own.
            if fate != Fate::Vanished || object.kind == Kind::Vm {
                object.fate = fate;
            }
        }
        let withheld = plan.objects.iter().any(|object| {
            plan.emits(object.kind)
                && matches!(object.fate, Fate::Withheld | Fate::Hidden | Fate::Unannounced)
        });
        // The first list must not be empty while the pages are not.
        prop_assume!(plan.objects.iter().any(|object| {
            plan.emits(object.kind) && !matches!(object.fate, Fate::Unannounced | Fate::Created)
        }));
        let summary = check_plan(&plan).summary;
        prop_assert_eq!(summary.inventory_complete, !withheld, "{:?}", summary.errors);
        prop_assert_eq!(summary.evidence.left_behind(), 0);
    }

    #[test]
    fn a_session_that_is_lost_once_costs_nothing(
        plan in sound(),
        paging in paging(),
        call in 2..12_u8,
        what in select(vec![What::LostSession, What::LostProperties]),
        at in any::<u8>(),
    ) {
        let whole = check_plan(&plan).summary;
        let mut plan = paged(&plan, &paging);
        plan.troubles = vec![Trouble { call, what, at }];
        let summary = check_plan(&plan).summary;
        prop_assert!(summary.inventory_complete, "{:?}", summary.errors);
        prop_assert_eq!(summary.totals, whole.totals);
    }

    #[test]
    fn a_further_page_that_is_lost_once_costs_nothing(
        plan in sound(),
        by_name in any::<bool>(),
        paging in small_pages(),
        page in any::<prop::sample::Index>(),
        what in select(LOSSES.to_vec()),
        at in any::<u8>(),
    ) {
        let mut plan = paged(&plan, &paging);
        let mut whole = check_plan(&plan);
        let mut begun = 0;
        if by_name && let Some(&call) = continued(&whole, 0).first() {
            // Sets that the server cuts into pages of its own.
            plan.most = 1;
            plan.troubles.push(Trouble { call, what: What::NoPermission, at });
            begun = usize::from(call) + 1;
            whole = check_plan(&plan);
        }
        let continued = continued(&whole, begun);
        prop_assume!(!continued.is_empty());
        let call = continued[page.index(continued.len())];
        plan.troubles.push(Trouble { call, what, at });
        let lost = check_plan(&plan);
        prop_assert!(lost.summary.inventory_complete, "{:?}", lost.summary.errors);
        prop_assert_eq!(lost.lines, whole.lines);
        prop_assert_eq!(&lost.summary.evidence.kinds, &whole.summary.evidence.kinds);
        prop_assert_eq!(lost.summary.evidence.left_behind(), 0);
        prop_assert_eq!(lost.summary.evidence.restarts, 1);
    }

    #[test]
    fn a_further_page_that_is_lost_again_fails_the_run(
        plan in sound(),
        paging in small_pages(),
        pages in any::<[prop::sample::Index; 2]>(),
        losses in proptest::array::uniform2((select(LOSSES.to_vec()), any::<u8>())),
    ) {
        let mut plan = paged(&plan, &paging);
        let mut begun = 0;
        for (page, (what, at)) in pages.into_iter().zip(losses) {
            let so_far = check_plan(&plan);
            let continued = continued(&so_far, begun);
            prop_assume!(!continued.is_empty());
            let call = continued[page.index(continued.len())];
            plan.troubles.push(Trouble { call, what, at });
            // The page requested ahead is lost too.
            begun = check_plan(&plan)
                .calls
                .iter()
                .enumerate()
                .skip(usize::from(call))
                .find_map(|(place, method)| (method == "RetrievePropertiesEx").then_some(place))
                .unwrap_or(usize::MAX);
        }
        let summary = check_plan(&plan).summary;
        let codes: Vec<ErrorCode> = summary.errors.iter().map(|error| error.code).collect();
        prop_assert!(
            matches!(codes[..], [ErrorCode::VcenterNetworkError | ErrorCode::VcenterRateLimit]),
            "{:?}", summary.errors
        );
        prop_assert_eq!(summary.evidence.left_behind(), 0);
        prop_assert_eq!(summary.evidence.restarts, 1);
    }

    #[test]
    fn whatever_goes_wrong_a_run_ends_loses_nothing_silently_and_leaves_nothing_behind(plan in any_plan()) {
        let _ = check_plan(&plan);
    }

    #[test]
    fn a_plan_is_read_back_from_its_bytes(plan in any_plan()) {
        prop_assert_eq!(Plan::of(&plan.to_bytes()), Some(plan));
    }
}
