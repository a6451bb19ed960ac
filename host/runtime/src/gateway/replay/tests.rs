use super::first_difference;

#[test]
fn a_difference_is_reported_by_its_place_and_never_shown() {
    let recorded = b"<Login>\n<userName>a</userName><password>secret</password></Login>";
    let asked = b"<Login>\n<userName>a</userName><password>SECRET</password></Login>";
    let difference = first_difference(recorded, asked).expect("a difference");
    assert_eq!(
        difference,
        "the bodies differ at byte 40, line 2, in <password> (65 bytes recorded, 65 asked)"
    );
    assert_eq!(first_difference(recorded, recorded), None);
}

#[test]
fn a_body_that_is_longer_differs_at_its_end() {
    let difference = first_difference(b"", b"<a/>").expect("a difference");
    assert!(
        difference.contains("byte 0, line 1, in its beginning"),
        "{difference}"
    );
    let difference = first_difference(b"<a/>", b"<a/>\n").expect("a difference");
    assert!(
        difference.contains("byte 4, line 1, in <a>"),
        "{difference}"
    );
}
