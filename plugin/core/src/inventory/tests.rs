use super::{Bookmark, Inventory, Kind, Source};
use crate::types::ObjectType;

const VM: ObjectType = ObjectType::plain(Kind::Vm);
const HOST: ObjectType = ObjectType::plain(Kind::Host);

#[test]
fn an_announced_object_is_accounted_for_once_returned_or_vanished() {
    let mut inventory = Inventory::default();
    for id in ["vm-1", "vm-2", "vm-3"] {
        inventory.announce(VM, id);
    }
    assert!(inventory.receive(VM, "vm-1"));
    assert!(!inventory.receive(VM, "vm-1"), "a second time");
    inventory.vanish(Kind::Vm, "vm-2");
    assert!(inventory.receive(VM, "vm-9"), "created meanwhile");
    let missing: Vec<_> = inventory
        .unaccounted(&[Kind::Vm])
        .map(|(_, object)| object.value)
        .collect();
    assert_eq!(missing, ["vm-3"]);
    let evidence = inventory.evidence(Kind::Vm);
    assert_eq!(
        (
            evidence.announced,
            evidence.returned,
            evidence.unannounced,
            evidence.vanished
        ),
        (3, 1, 1, 1)
    );
    assert_eq!(evidence.unaccounted(), 1);
}

#[test]
fn a_quarantined_object_is_counted_apart_and_accounted_for() {
    let mut inventory = Inventory::default();
    inventory.announce(VM, "vm-1");
    inventory.receive(VM, "vm-1");
    inventory.quarantine(Kind::Vm, "vm-1");
    let evidence = inventory.evidence(Kind::Vm);
    assert_eq!((evidence.returned, evidence.quarantined), (0, 1));
    assert_eq!(evidence.unaccounted(), 0);
    assert_eq!(inventory.emitted(Kind::Vm), 1);
}

#[test]
fn a_relation_needs_both_ends_unless_hosts_are_elsewhere() {
    let mut inventory = Inventory::default();
    inventory.receive(VM, "vm-1");
    inventory.place(Source::RuntimeHost, "vm-1", "host-1");
    let placed = inventory.placements().next(&mut Bookmark::default());
    let placed = placed.expect("a placement");
    assert_eq!(inventory.relation(placed, false), None);
    let relation = inventory.relation(placed, true).expect("a host elsewhere");
    assert_eq!(relation.from.value, "vm-1");
    assert_eq!(relation.to.value, "host-1");
    assert_eq!(relation.referred().type_name, "HostSystem");
    let (telling, referred) = inventory.half(placed).expect("a host out of sight");
    assert_eq!((&*telling.value, &*referred.value), ("vm-1", "host-1"));
    inventory.announce(HOST, "host-1");
    assert_eq!(inventory.half(placed), None, "the host may still come");
    inventory.receive(HOST, "host-1");
    assert!(inventory.relation(placed, false).is_some());
    assert_eq!(inventory.half(placed), None);
}

#[test]
fn an_object_keeps_the_type_that_the_server_gave_it() {
    let mut inventory = Inventory::default();
    for name in ["Network", "OpaqueNetwork", "VmwareDistributedVirtualSwitch"] {
        let object = crate::types::of(name).expect("a type of the inventory");
        inventory.announce(object, name);
    }
    for (kind, object) in inventory.unaccounted(&Kind::ALL) {
        assert_eq!(object.type_name, object.value, "{kind:?}");
    }
}

#[test]
fn a_list_that_is_read_again_shows_what_is_new_and_what_it_forgets() {
    let mut inventory = Inventory::default();
    inventory.begin_list();
    for id in ["vm-1", "vm-2", "vm-3"] {
        inventory.announce(VM, id);
    }
    // In another view, or by name: a list of this one cannot forget it.
    inventory.announce_by_name(HOST, "host-1");
    inventory.receive(HOST, "host-1");
    for id in ["vm-1", "vm-2", "vm-7", "vm-8"] {
        inventory.receive(VM, id);
    }
    assert_eq!(inventory.unlisted_count(), 2);
    inventory.begin_list_again();
    for id in ["vm-1", "vm-7", "vm-9"] {
        inventory.announce_again(VM, id);
    }
    let difference = inventory.end_list_again(&Kind::ALL);
    let values = |objects: Vec<(Kind, crate::moref::OwnedMoRef)>| -> Vec<String> {
        objects
            .into_iter()
            .map(|(_, object)| object.value)
            .collect()
    };
    assert_eq!(values(difference.new), ["vm-9"]);
    assert_eq!(values(difference.forgotten), ["vm-2"], "vm-3 has not come");
    assert_eq!(values(inventory.unlisted(&Kind::ALL).collect()), ["vm-8"]);
    assert_eq!(inventory.evidence(Kind::Vm).unannounced, 1);
    inventory.begin_list_again();
    inventory.announce_again(VM, "vm-1");
    let difference = inventory.end_list_again(&Kind::ALL);
    assert_eq!(values(difference.new), [""; 0], "vm-9 is no news");
    assert_eq!(values(difference.forgotten), ["vm-7"]);
}

#[test]
fn an_object_that_is_gone_and_comes_back_is_neither_vanished_nor_left_out() {
    let mut inventory = Inventory::default();
    inventory.announce(VM, "vm-1");
    inventory.vanish(Kind::Vm, "vm-1");
    assert_eq!(inventory.evidence(Kind::Vm).vanished, 1);
    inventory.receive(VM, "vm-1");
    let evidence = inventory.evidence(Kind::Vm);
    assert_eq!(
        (evidence.returned, evidence.vanished, evidence.excluded),
        (1, 0, 0)
    );
    inventory.exclude(Kind::Vm, "vm-1");
    let evidence = inventory.evidence(Kind::Vm);
    assert_eq!(
        (evidence.returned, evidence.vanished, evidence.excluded),
        (1, 0, 1)
    );
    assert_eq!(inventory.emitted(Kind::Vm), 0);
}
