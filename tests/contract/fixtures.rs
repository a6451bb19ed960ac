//! RE-5: every recorded exchange, replayed through the real component.

use stocktake_tests::replay::answer_to;
use stocktake_tests::{fixture, python};

/// RE-5, BY-7: the same exchange gives the same bytes.
#[test]
fn every_recorded_exchange_gives_its_expected_response_byte_for_byte() {
    let fixtures = fixture::all();
    assert!(
        fixtures.len() >= 20,
        "fixtures are missing: {}",
        fixtures.len()
    );
    for fixture in fixtures {
        let name = fixture.folder.display();
        let response = answer_to(&fixture);
        assert!(
            response == fixture.expected,
            "{name} ({}) differs:\n{response}\nexpected:\n{}",
            fixture.case.shows,
            fixture.expected
        );
    }
}

#[test]
fn every_expected_response_keeps_the_schemas_by_an_independent_validator() {
    for fixture in fixture::all() {
        let errors = python::schema_errors(fixture.expected.as_bytes());
        assert_eq!(errors, "", "{}", fixture.folder.display());
    }
}

#[test]
fn no_recording_holds_its_password_or_a_session() {
    for fixture in fixture::all() {
        for exchange in fixture.exchanges {
            let name = fixture.folder.display();
            assert!(
                !exchange.request.contains("<password>pass</password>"),
                "{name}"
            );
            for (header, value) in &exchange.headers {
                let hidden = header != "set-cookie" || value.contains(fixture::HIDDEN);
                assert!(hidden, "{name}: {header}: {value}");
            }
        }
    }
}
