//! Sessions: one new login, then a clear failure.

use stocktake_simulator::Fault;
use stocktake_tests::answer::{collect, under};
use stocktake_tests::server;

#[test]
fn not_authenticated_on_page_2_is_cured_by_one_login() {
    let whole = collect(&server::simulator(&[]).server, &[]);
    for fault in [Fault::SessionLost, Fault::SessionLostQuietly] {
        let (simulated, answer) = under(fault, &["--page-size", "7", "--evidence"]);
        answer.assert_complete();
        assert_eq!(answer.evidence()["logins"], 2, "{fault}");
        assert_eq!(answer.evidence()["sessions_lost"], 1, "{fault}");
        assert_eq!(answer.ids(), whole.ids(), "{fault}");
        simulated.assert_clean();
    }
}

#[test]
fn not_authenticated_for_ever_is_a_clear_failure() {
    let (simulated, answer) = under(Fault::SessionLostForever, &["--page-size", "7"]);
    assert_eq!(answer.errors(), ["VCENTER_AUTH_FAILED"]);
    assert!(answer.message().contains("again after a new login"));
    simulated.assert_clean();
}

#[test]
fn invalid_login_is_an_auth_failure_that_names_the_account() {
    let mut simulated = server::simulator(&[]);
    simulated.server.password = "wrong".to_owned();
    let answer = collect(&simulated.server, &[]);
    assert_eq!(answer.errors(), ["VCENTER_AUTH_FAILED"]);
    assert!(answer.message().contains("reader@vsphere.local"));
    simulated.assert_clean();
}
