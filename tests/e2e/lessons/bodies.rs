//! Bodies that are not what they claim.

use stocktake_simulator::Fault;
use stocktake_tests::answer::{Answer, collect, under};
use stocktake_tests::server;

fn refused_with(fault: Fault, code: &str) -> Answer {
    let arguments = ["--page-size", "7", "--preferred-version", "7.0-8.x"];
    let (simulated, answer) = under(fault, &arguments);
    assert_eq!(answer.errors(), [code], "{fault}: {}", answer.0["errors"]);
    let message = answer.message();
    assert!(message.contains(';'), "{fault} names no cure: {message}");
    simulated.assert_clean();
    answer
}

fn got_over(fault: Fault) {
    let whole = collect(&server::simulator(&[]).server, &[]);
    let (simulated, answer) = under(fault, &["--page-size", "7"]);
    answer.assert_complete();
    assert_eq!(answer, whole, "{fault}");
    simulated.assert_clean();
}

#[test]
fn http_500_with_a_soap_fault_names_the_fault() {
    let answer = refused_with(Fault::SoapFault, "VCENTER_PARSE_ERROR");
    assert!(answer.message().contains("RuntimeFault"));
    assert_eq!(answer.warning_codes(), [""; 0]);
}

#[test]
fn http_500_with_a_json_fault_is_a_server_that_fails() {
    refused_with(Fault::JsonFault, "VCENTER_PARSE_ERROR");
}

#[test]
fn http_503_html_from_a_proxy_is_a_server_that_is_down() {
    refused_with(Fault::Overloaded, "VCENTER_NETWORK_ERROR");
}

#[test]
fn http_200_with_html_is_no_vcenter() {
    refused_with(Fault::ProxyHtml, "VCENTER_PARSE_ERROR");
}

#[test]
fn a_gzip_body_unasked_is_read() {
    got_over(Fault::GzipUnasked);
}

#[test]
fn a_gzip_body_that_does_not_say_so_is_refused_and_called_so() {
    let answer = refused_with(Fault::GzipUnlabelled, "VCENTER_PARSE_ERROR");
    assert!(
        answer.message().contains("compressed"),
        "{}",
        answer.message()
    );
}

#[test]
fn truncated_xml_is_never_a_list() {
    refused_with(Fault::TruncatedXml, "VCENTER_PARSE_ERROR");
}

#[test]
fn a_wrong_content_length_is_never_a_list() {
    refused_with(Fault::WrongContentLength, "VCENTER_NETWORK_ERROR");
    refused_with(Fault::CutConnection, "VCENTER_NETWORK_ERROR");
}

#[test]
fn a_slow_drip_is_waited_for() {
    got_over(Fault::SlowDrip);
}

#[test]
fn a_redirect_to_another_host_is_not_followed() {
    refused_with(Fault::Redirect, "VCENTER_PARSE_ERROR");
}

#[test]
fn clock_skew_changes_nothing() {
    got_over(Fault::ClockSkew);
}
