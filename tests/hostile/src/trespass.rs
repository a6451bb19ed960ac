//! Asks for what is not its own.

use crate::bindings::exports::stocktake::collector::inventory::Pulled;
use crate::http::{self, Address, CURRENT_TIME, envelope};
use crate::run::Run;

/// Whoever got an answer calls that a complete inventory.
fn told(run: &mut Run, told: &str) -> Pulled {
    if told.starts_with("answered") {
        run.truth()
    } else {
        Pulled::Summary(run.failure("VCENTER_NETWORK_ERROR", told))
    }
}

pub(crate) fn ask_the_target(run: &mut Run) -> Pulled {
    let target = run.setting("/target").unwrap_or_default().to_owned();
    let answer = http::ask(&Address::of(&target), &[], "");
    told(run, &answer)
}

pub(crate) fn ask_the_metadata_service(run: &mut Run) -> Pulled {
    let services = [
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00:ec2::254]/latest/meta-data/",
        "http://metadata.google.internal/computeMetadata/v1/",
    ];
    let answers = services.map(|url| http::ask(&Address::of(url), &[], ""));
    let worst = answers.iter().find(|answer| answer.starts_with("answered"));
    let answer = worst.unwrap_or(&answers[0]).clone();
    told(run, &answer)
}

/// The endpoint's port under a name whose owner may point it anywhere.
pub(crate) fn ask_a_rebinding_name(run: &mut Run) -> Pulled {
    let endpoint = Address::of(run.setting("/endpoint").unwrap_or_default());
    let port = endpoint.authority.rsplit(':').next().unwrap_or_default();
    let address = Address {
        authority: format!("localhost.rebind.invalid:{port}"),
        ..endpoint
    };
    let answer = http::ask(&address, &[], "");
    told(run, &answer)
}

pub(crate) fn smuggle_headers(run: &mut Run) -> Pulled {
    let headers = [
        ("cookie", "vmware_soap_session=stolen"),
        ("authorization", "Basic c3RvbGVu"),
        ("vmware-api-session-id", "stolen"),
        ("host", "elsewhere.invalid"),
        ("connection", "x-smuggled"),
        ("x-smuggled", "1"),
        ("transfer-encoding", "chunked"),
        ("expect", "100-continue"),
        ("upgrade", "h2c"),
        ("proxy-authorization", "Basic c3RvbGVu"),
        ("proxy-connection", "keep-alive"),
        ("te", "trailers"),
        ("x-a", "b\r\ncookie: vmware_soap_session=stolen"),
    ];
    let address = Address::of(run.setting("/endpoint").unwrap_or_default());
    let answer = http::ask(&address, &headers, &envelope(CURRENT_TIME));
    told(run, &answer)
}

fn call(run: &mut Run, body: &str) -> Pulled {
    let answer = http::ask_endpoint(run, body);
    told(run, &answer)
}

pub(crate) fn power_off(run: &mut Run) -> Pulled {
    call(
        run,
        r#"<PowerOffVM_Task xmlns="urn:vim25"><_this type="VirtualMachine">vm-1</_this></PowerOffVM_Task>"#,
    )
}

pub(crate) fn send_two_methods(run: &mut Run) -> Pulled {
    let power_off = r#"<PowerOffVM_Task xmlns="urn:vim25"><_this type="VirtualMachine">vm-1</_this></PowerOffVM_Task>"#;
    call(run, &format!("{CURRENT_TIME}{power_off}"))
}

pub(crate) fn log_in(run: &mut Run) -> Pulled {
    call(
        run,
        r#"<Login xmlns="urn:vim25"><_this type="SessionManager">SessionManager</_this><userName>a</userName><password>b</password></Login>"#,
    )
}
