//! Asks for what is not its own.

use crate::bindings::exports::stocktake::collector::inventory::Pulled;
use crate::http::{self, Address, CURRENT_TIME, envelope};
use crate::run::Run;

/// A guest that gets an answer calls that a complete inventory.
fn attempt(run: &mut Run, ask: impl FnOnce(&Run) -> String) -> Pulled {
    if run.next > 0 {
        return run.truth();
    }
    let reply = ask(run);
    if reply.starts_with("answered") {
        run.truth()
    } else {
        Pulled::Summary(run.failure("VCENTER_NETWORK_ERROR", &reply))
    }
}

fn endpoint(run: &Run) -> Address {
    Address::of(run.setting("/endpoint").unwrap_or_default())
}

pub(crate) fn ask_the_target(run: &mut Run) -> Pulled {
    attempt(run, |run| {
        let target = run.setting("/target").unwrap_or_default();
        http::ask(&Address::of(target), &[], "")
    })
}

pub(crate) fn ask_the_metadata_service(run: &mut Run) -> Pulled {
    let services = [
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00:ec2::254]/latest/meta-data/",
        "http://metadata.google.internal/computeMetadata/v1/",
    ];
    attempt(run, |_| {
        let answers = services.map(|url| http::ask(&Address::of(url), &[], ""));
        let worst = answers.iter().find(|answer| answer.starts_with("answered"));
        worst.unwrap_or(&answers[0]).clone()
    })
}

/// The endpoint's port under a name whose owner may point it anywhere.
pub(crate) fn ask_a_rebinding_name(run: &mut Run) -> Pulled {
    attempt(run, |run| {
        let endpoint = endpoint(run);
        let port = endpoint.authority.rsplit(':').next().unwrap_or_default();
        let address = Address {
            authority: format!("localhost.rebind.invalid:{port}"),
            ..endpoint
        };
        http::ask(&address, &[], "")
    })
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
    attempt(run, |run| {
        http::ask(&endpoint(run), &headers, &envelope(CURRENT_TIME))
    })
}

/// The call `call` of the request, or its `body`, sent by its `method` with its `headers` to its `target`, or to the
/// endpoint.
pub(crate) fn call_as_instructed(run: &mut Run) -> Pulled {
    attempt(run, |run| {
        let address = run
            .setting("/target")
            .map_or_else(|| endpoint(run), Address::of);
        let headers = run.request["source"]["config"]["headers"].as_object();
        let headers: Vec<(&str, &str)> = headers
            .into_iter()
            .flatten()
            .filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
            .collect();
        let address = address.by(run.setting("/method").unwrap_or("POST"));
        let call = run.setting("/call").unwrap_or(CURRENT_TIME);
        let body = run.setting("/body").map(str::to_owned);
        http::ask(&address, &headers, &body.unwrap_or_else(|| envelope(call)))
    })
}

const POWER_OFF: &str = r#"<PowerOffVM_Task xmlns="urn:vim25"><_this type="VirtualMachine">vm-1</_this></PowerOffVM_Task>"#;
const LOGIN: &str = r#"<Login xmlns="urn:vim25"><_this type="SessionManager">SessionManager</_this><userName>a</userName><password>b</password></Login>"#;

pub(crate) fn power_off(run: &mut Run) -> Pulled {
    attempt(run, |run| http::ask_endpoint(run, POWER_OFF))
}

pub(crate) fn send_two_methods(run: &mut Run) -> Pulled {
    let both = format!("{CURRENT_TIME}{POWER_OFF}");
    attempt(run, |run| http::ask_endpoint(run, &both))
}

pub(crate) fn log_in(run: &mut Run) -> Pulled {
    attempt(run, |run| http::ask_endpoint(run, LOGIN))
}
