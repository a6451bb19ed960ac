//! The faults of the simulated vCenter, by name. They are implemented under `faults/`.

use std::fmt;
use std::str::FromStr;

/// The allowed results of a collector that reads several pages, with the
/// default retries of the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The inventory can be read completely, perhaps with warnings.
    Whole,
    /// The inventory cannot be proved complete: the run fails with one of these codes of the contract.
    Fails(&'static [&'static str]),
}

macro_rules! faults {
    ($($variant:ident $name:literal $description:literal => $verdict:ident $([$($code:literal),*])?)*) => {
        /// A fault of the simulated vCenter; several can be combined.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Fault {
            $(#[doc = $description] $variant,)*
        }

        impl Fault {
            const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name used on a command line, in kebab case.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What happens, in one sentence.
            pub fn description(self) -> &'static str {
                match self { $(Self::$variant => $description,)* }
            }

            /// The allowed results of a collector for a small inventory under this fault alone.
            pub fn verdict(self) -> Verdict {
                match self { $(Self::$variant => Verdict::$verdict $((&[$($code),*]))?,)* }
            }
        }
    };
}

faults! {
    WithholdVm "withhold-vm" "one announced VM is never returned, neither by paging nor when requested by id" => Fails ["INVENTORY_INCOMPLETE"]
    VanishedVm "vanished-vm" "one announced VM is deleted before it is read: not in the pages, ManagedObjectNotFound when requested by id" => Whole
    ShortList "short-list" "the second page comes without a token although objects remain" => Fails ["INVENTORY_INCOMPLETE"]
    DyingToken "dying-token" "every continuation answers HTTP 500 with a RuntimeFault" => Fails ["INVENTORY_INCOMPLETE"]
    SessionLost "session-lost" "the session ends at the first continuation; a new login cures it" => Whole
    SessionLostForever "session-lost-forever" "the session ends at every continuation" => Fails ["VCENTER_AUTH_FAILED"]
    ConfigUnreadable "config-unreadable" "the config properties of one VM need the privilege System.Read and are reported missing" => Whole
    InvalidProperty "invalid-property" "the property config.storageDevice.nvmeTopology is unknown to this server" => Whole
    EmptyInventory "empty-inventory" "there are no VMs, hosts or clusters" => Fails ["INVENTORY_INCOMPLETE"]
    ProxyHtml "proxy-html" "every reply is a page of HTML with status 200, as from a captive proxy" => Fails ["VCENTER_PARSE_ERROR"]
    BadGateway "bad-gateway" "every reply is a page of HTML with status 502" => Fails ["VCENTER_NETWORK_ERROR"]
    RateLimited "rate-limited" "retrievals are refused with status 429 and Retry-After" => Fails ["VCENTER_RATE_LIMIT"]
    Redirect "redirect" "every request is redirected to another host" => Fails ["VCENTER_PARSE_ERROR"]
    TruncatedXml "truncated-xml" "the first page ends in the middle of an element, its HTTP framing intact" => Fails ["VCENTER_PARSE_ERROR", "INVENTORY_INCOMPLETE"]
    CutConnection "cut-connection" "the first page announces more bytes than are sent before the connection closes" => Fails ["VCENTER_NETWORK_ERROR", "INVENTORY_INCOMPLETE"]
    SlowDrip "slow-drip" "pages arrive a few bytes at a time" => Whole
    ContinueRefused "continue-refused" "every continuation is refused with NoPermission, as to an account without System.Read on the root folder" => Whole
    GoneOnContinue "gone-on-continue" "the first continuation answers ManagedObjectNotFound for the last VM, which is gone from then on" => Whole
    SessionLostQuietly "session-lost-quietly" "the session ends at the first continuation, whose page comes with every property reported missing as NotAuthenticated; a new login cures it" => Whole
    ResetOnContinue "reset-on-continue" "the first continuation is done, but its connection ends without a reply" => Whole
    CutOnContinue "cut-on-continue" "every continuation announces more bytes than are sent before the connection closes" => Fails ["VCENTER_NETWORK_ERROR", "INVENTORY_INCOMPLETE"]
    NameUnreadable "name-unreadable" "the name of one VM needs the privilege System.View and is reported missing" => Fails ["VCENTER_PERMISSION_DENIED"]
    HostUnreadable "host-unreadable" "the host of every VM needs the privilege System.Read and is reported missing" => Fails ["VCENTER_PERMISSION_DENIED"]
    LimitedRole "limited-role" "the account sees one datacenter only; everything else is omitted from views, its properties reported missing" => Whole
    UndecodableVm "undecodable-vm" "the configured CPU count and memory of one VM are text that is not a number; its summary is valid" => Whole
    UnknownOption "unknown-option" "a request with reportMissingObjectsInResults is refused with InvalidRequest" => Whole
    DuplicateUuid "duplicate-uuid" "two VMs share a BIOS UUID, two others an instance UUID" => Whole
    ReusedMoref "reused-moref" "every VM has another instance UUID under its old MoRef, as after a rebuild" => Whole
    OddNames "odd-names" "some VMs have names with escapes, a plus, an emoji, lone surrogates or control characters" => Whole
    IllegalReference "illegal-reference" "the name of one VM holds references to characters that XML forbids" => Whole
    Ghosts "ghosts" "one VM each is a vCLS agent, a template, orphaned, inaccessible and a clone placeholder without configuration" => Whole
    ManyDisks "many-disks" "one VM has 4000 virtual disks" => Whole
    FutureType "future-type" "VMs have devices of unknown types, and objects and replies have unknown elements" => Whole
    SoapFault "soap-fault" "retrievals answer HTTP 500 with a SOAP RuntimeFault" => Fails ["VCENTER_PARSE_ERROR"]
    JsonFault "json-fault" "retrievals answer HTTP 500 with a fault in VI/JSON" => Fails ["VCENTER_PARSE_ERROR"]
    SystemError "system-error" "retrievals answer HTTP 500 with a SOAP SystemError, which may pass" => Fails ["VCENTER_NETWORK_ERROR"]
    CanceledOnContinue "canceled-on-continue" "the first continuation answers RequestCanceled; a new retrieval returns all pages" => Whole
    SessionLostInJson "session-lost-in-json" "the session ends at the first continuation, which says so by a fault in VI/JSON; a new login cures it" => Whole
    ViewLost "view-lost" "the first view is gone before it is read; another one stays" => Whole
    ViewGone "view-gone" "every view is gone by the time that it is to be destroyed" => Whole
    LogoutFails "logout-fails" "every Logout is answered by a page of HTML with status 503, and the session stays" => Whole
    LoginQuoted "login-quoted" "the login is refused by a fault that repeats the password" => Fails ["VCENTER_PARSE_ERROR"]
    StickyBalancer "sticky-balancer" "a load balancer sets a cookie at the login, and sends calls without it to a server that does not know the session" => Whole
    Overloaded "overloaded" "every reply is a page of HTML with status 503 and without Retry-After" => Fails ["VCENTER_NETWORK_ERROR"]
    OverloadedBriefly "overloaded-briefly" "every first page is refused with status 503 and Retry-After: 0, and succeeds when it is repeated" => Whole
    GzipUnasked "gzip-unasked" "replies are compressed and say so, whatever the client accepts" => Whole
    GzipUnlabelled "gzip-unlabelled" "replies are compressed and do not say so" => Fails ["VCENTER_PARSE_ERROR"]
    WrongContentLength "wrong-content-length" "pages announce fewer bytes than they have, and the connection closes there" => Fails ["VCENTER_NETWORK_ERROR", "INVENTORY_INCOMPLETE"]
    SinglePage "single-page" "maxObjects is ignored: everything comes in one reply" => Whole
    DuplicateObjects "duplicate-objects" "each page starts with the last object of the page before" => Whole
    GuestSilent "guest-silent" "no VM has guest data, as if VMware Tools were not running anywhere" => Whole
    ClockSkew "clock-skew" "the server's clock is three days ahead" => Whole
    HostOutOfSight "host-out-of-sight" "the account has no role on the first host: no view lists it, its properties are reported missing, and its VMs name it" => Whole
}

impl Fault {
    /// Every fault, in the order of the documentation.
    pub fn all() -> &'static [Self] {
        Self::ALL
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An unknown fault name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no fault named {name:?}; the faults are {}", known_names())]
pub struct UnknownFault {
    name: String,
}

fn known_names() -> String {
    let names: Vec<_> = Fault::all().iter().map(|fault| fault.name()).collect();
    names.join(", ")
}

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::all()
            .iter()
            .copied()
            .find(|fault| fault.name() == name)
            .ok_or_else(|| UnknownFault {
                name: name.to_owned(),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::Fault;

    #[test]
    fn every_fault_is_found_by_its_name() {
        for &fault in Fault::all() {
            assert_eq!(fault.to_string().parse(), Ok(fault));
            assert!(
                fault
                    .name()
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c == '-')
            );
        }
        let unknown = "no-such".parse::<Fault>().expect_err("unknown");
        assert!(unknown.to_string().contains("withhold-vm"));
    }

    #[test]
    fn every_fault_is_described() {
        for (nth, fault) in Fault::all().iter().enumerate() {
            let description = fault.description();
            assert!(description.len() > 20, "{fault}");
            assert!(
                !description.ends_with('.') && !description.contains('\n'),
                "{fault}"
            );
            let same =
                |other: &Fault| other.name() == fault.name() || other.description() == description;
            assert_eq!(Fault::all().iter().position(same), Some(nth), "{fault}");
        }
    }
}
