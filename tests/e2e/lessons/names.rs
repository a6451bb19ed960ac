//! Names: `%2f`, `%5c` and `%25` decoded and nothing else, and no character too odd.

use stocktake_simulator::Fault;
use stocktake_tests::answer::{Answer, under};

fn captions(answer: &Answer) -> Vec<String> {
    let captions = answer.assets("vm");
    captions
        .filter_map(|vm| vm["normalized"]["identity"]["caption"].as_str())
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_name_with_escapes_a_plus_an_emoji_a_lone_surrogate_or_a_nul_is_still_a_name() {
    let (simulated, answer) = under(Fault::OddNames, &[]);
    answer.assert_complete();
    let captions = captions(&answer);
    for part in ["/", "\\", "%", "+", "\u{1f680}", "\u{fffd}"] {
        let found = captions.iter().any(|caption| caption.contains(part));
        assert!(found, "{part:?} in {captions:?}");
    }
    for escape in ["%2f", "%5c", "%25"] {
        let left = captions.iter().any(|caption| caption.contains(escape));
        assert!(!left, "{escape} in {captions:?}");
    }
    simulated.assert_clean();
}

#[test]
fn a_numeric_character_reference_to_an_illegal_character_hides_no_vm() {
    let (simulated, answer) = under(Fault::IllegalReference, &[]);
    answer.assert_complete();
    let victim = simulated.simulator.victim(Fault::IllegalReference);
    let vm = answer
        .asset("vm", &victim.expect("a victim"))
        .expect("the VM");
    let caption = vm["normalized"]["identity"]["caption"].as_str();
    assert!(
        caption.is_some_and(|caption| caption.contains('\u{fffd}')),
        "{vm}"
    );
    simulated.assert_clean();
}
