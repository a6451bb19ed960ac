//! Finds the server's address once per run and connects to that very address.
//!
//! The threat: a name that an endpoint allows may resolve to a cloud's metadata
//! service or to another machine on the link, at once or on the second lookup.
//! So the addresses are checked after resolution, and what was checked is dialled.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tokio::time::{Instant, timeout};

use super::authority::Authority;
use super::diagnosis::{Cause, Diagnosis};
use crate::rlimit;

/// Metadata services outside the link-local ranges: AWS over IPv6, Google over IPv6, Alibaba,
/// Azure, Oracle.
const METADATA: [IpAddr; 5] = [
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V6(Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    IpAddr::V4(Ipv4Addr::new(192, 0, 0, 192)),
];

/// Connects to one authority.
#[derive(Debug)]
pub(crate) struct Dialer {
    authority: Authority,
    limit: Duration,
    addresses: OnceCell<Vec<SocketAddr>>,
    /// Any address will do: the place is the operator's own choice, as that of a proxy is.
    is_free: bool,
}

/// For the name of a server that is reached through a proxy: often it does not resolve here.
const FROM_AFAR: Duration = Duration::from_secs(2);

impl Dialer {
    /// Nothing is looked up yet.
    #[must_use]
    pub(crate) fn new(authority: Authority, limit: Duration) -> Self {
        Dialer {
            authority,
            limit,
            addresses: OnceCell::new(),
            is_free: false,
        }
    }

    /// Likewise, to any address.
    #[must_use]
    pub(crate) fn of_operator(authority: Authority, limit: Duration) -> Self {
        Dialer {
            is_free: true,
            ..Dialer::new(authority, limit)
        }
    }

    /// The rules allow the addresses that this machine resolves for the server. A proxy will resolve
    /// its name, and what that comes to there cannot be known here.
    ///
    /// # Errors
    ///
    /// When the name is a forbidden address, in whatever spelling, or means one here.
    pub(crate) async fn permit_from_afar(&self) -> Result<(), Diagnosis> {
        let host = self.authority.host();
        let last = host.rsplit('.').next().unwrap_or_default();
        let is_number = last.starts_with("0x") || last.bytes().all(|byte| byte.is_ascii_digit());
        if is_number && !host.contains(':') && host.parse::<IpAddr>().is_err() {
            return Err(Diagnosis::new(
                Cause::Prohibited,
                format!(
                    "{host} is an address in an unusual form, which is not allowed through a proxy; write it as four decimal numbers"
                ),
            ));
        }
        let resolve = async {
            let lookup = tokio::net::lookup_host((host, self.authority.port()));
            match timeout(self.limit.min(FROM_AFAR), lookup).await {
                Ok(Ok(found)) => found.collect(),
                Ok(Err(_)) | Err(_) => Vec::new(),
            }
        };
        let found = self.addresses.get_or_init(|| resolve).await;
        match found.iter().find_map(|found| forbidden(found.ip())) {
            None => Ok(()),
            Some(reason) => Err(self.prohibition(&reason)),
        }
    }

    /// Connects to the first address that answers.
    ///
    /// # Errors
    ///
    /// Why no address could be reached, naming the last one tried.
    pub(crate) async fn dial(&self) -> Result<TcpStream, Diagnosis> {
        let begun = Instant::now();
        let addresses = self.addresses.get_or_try_init(|| self.resolve()).await?;
        let mut last = None;
        for (tried, address) in addresses.iter().enumerate() {
            // A first address that swallows packets must leave time for the others.
            let left = self.limit.saturating_sub(begun.elapsed());
            let others = u32::try_from(addresses.len() - tried).unwrap_or(u32::MAX);
            match timeout(left / others, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => {
                    // A failure costs latency only.
                    let _ = stream.set_nodelay(true);
                    return Ok(stream);
                }
                Ok(Err(error)) => last = Some(self.refusal(*address, &error)),
                Err(_) => last = Some(self.silence(*address)),
            }
        }
        Err(last.unwrap_or_else(|| self.unresolvable()))
    }

    async fn resolve(&self) -> Result<Vec<SocketAddr>, Diagnosis> {
        let host = self.authority.host();
        let lookup = tokio::net::lookup_host((host, self.authority.port()));
        let found = match timeout(self.limit, lookup).await {
            Ok(Ok(found)) => found.collect::<Vec<_>>(),
            Ok(Err(_)) | Err(_) => return Err(self.unresolvable()),
        };
        self.permitted(found)
    }

    /// What of the addresses that a name means may be dialled.
    fn permitted(&self, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, Diagnosis> {
        if self.is_free && !found.is_empty() {
            return Ok(found);
        }
        let forbidden = found.iter().find_map(|found| forbidden(found.ip()));
        let allowed: Vec<SocketAddr> = found
            .into_iter()
            .filter(|found| self::forbidden(found.ip()).is_none())
            .collect();
        match (allowed.is_empty(), forbidden) {
            (false, _) => Ok(allowed),
            (true, None) => Err(self.unresolvable()),
            (true, Some(reason)) => Err(self.prohibition(&reason)),
        }
    }

    fn prohibition(&self, reason: &str) -> Diagnosis {
        let host = self.authority.host();
        Diagnosis::new(
            Cause::Prohibited,
            format!(
                "{host} resolves to {reason}, which collectors may not connect to; correct the endpoint or DNS"
            ),
        )
    }

    fn unresolvable(&self) -> Diagnosis {
        let host = self.authority.host();
        Diagnosis::new(
            Cause::Unresolvable,
            format!(
                "{host} cannot be resolved; check the spelling of the endpoint and the DNS settings of this machine"
            ),
        )
    }

    fn refusal(&self, address: SocketAddr, error: &std::io::Error) -> Diagnosis {
        let authority = &self.authority;
        if let Some(cure) = rlimit::cure(error) {
            let message = format!("no connection to {authority} can be opened: {error}; {cure}");
            return Diagnosis::new(Cause::Exhausted, message);
        }
        if error.kind() == std::io::ErrorKind::ConnectionRefused {
            return Diagnosis::new(
                Cause::Refused,
                format!(
                    "the connection to {authority} at {address} is refused; check the port and that the service is running"
                ),
            );
        }
        Diagnosis::new(
            Cause::Unreachable,
            format!(
                "{authority} cannot be reached at {address}: {error}; check routes and firewalls"
            ),
        )
    }

    fn silence(&self, address: SocketAddr) -> Diagnosis {
        let Dialer {
            authority, limit, ..
        } = self;
        Diagnosis::new(
            Cause::ConnectTimeout,
            format!(
                "{authority} did not answer at {address} within {limit:?}; check routes and firewalls"
            ),
        )
    }
}

/// Why an address must not be dialled, if so.
#[must_use]
pub(crate) fn forbidden(address: IpAddr) -> Option<String> {
    let address = match address {
        // An IPv4 address written as IPv6 is the same machine.
        IpAddr::V6(wide) => embedded(wide).map_or(address, IpAddr::V4),
        IpAddr::V4(_) => address,
    };
    let link_local = match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    };
    if link_local {
        return Some(format!("the link-local address {address}"));
    }
    METADATA
        .contains(&address)
        .then(|| format!("the cloud metadata address {address}"))
}

/// The IPv4 address that an IPv6 address leads to: mapped, compatible, NAT64, 6to4.
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let (high, low) = match (a, b) {
        _ if [a, b, c, d, e, f] == [0, 0, 0, 0, 0, 0xffff] => (g, h),
        // `::` and `::1` are no IPv4 addresses.
        _ if [a, b, c, d, e, f] == [0; 6] && g != 0 => (g, h),
        (0x64, 0xff9b) => (g, h),
        (0x2002, _) => (b, c),
        _ => return None,
    };
    let [[w, x], [y, z]] = [high.to_be_bytes(), low.to_be_bytes()];
    Some(Ipv4Addr::new(w, x, y, z))
}

#[cfg(test)]
mod tests {
    use super::{Dialer, forbidden};
    use crate::gateway::authority::Authority;
    use crate::gateway::diagnosis::Cause;
    use std::time::Duration;

    #[test]
    fn metadata_and_link_local_addresses_are_forbidden_in_every_spelling() {
        for address in [
            "169.254.169.254",
            "169.254.0.1",
            "::ffff:169.254.169.254",
            "::169.254.169.254",
            "64:ff9b::169.254.169.254",
            "64:ff9b:1::a9fe:a9fe",
            "2002:a9fe:a9fe::1",
            "168.63.129.16",
            "::ffff:100.100.100.200",
            "192.0.0.192",
            "fe80::1",
            "febf::1",
            "fd00:ec2::254",
            "fd20:ce::254",
            "100.100.100.200",
        ] {
            assert!(
                forbidden(address.parse().expect(address)).is_some(),
                "{address}"
            );
        }
        for address in [
            "127.0.0.1",
            "10.0.0.7",
            "192.168.1.1",
            "::1",
            "fd00::1",
            "8.8.8.8",
            "::ffff:10.0.0.7",
            "64:ff9b::10.0.0.7",
            "2002:a00:7::1",
        ] {
            assert!(
                forbidden(address.parse().expect(address)).is_none(),
                "{address}"
            );
        }
    }

    fn dialer(endpoint: &str) -> Dialer {
        let authority = Authority::from_url(endpoint).expect("a URL");
        Dialer::new(authority, Duration::from_secs(10))
    }

    async fn failure(endpoint: &str) -> super::Diagnosis {
        dialer(endpoint).dial().await.expect_err("no connection")
    }

    #[tokio::test]
    async fn a_forbidden_address_is_never_dialled() {
        let diagnosis = failure("http://169.254.169.254").await;
        assert_eq!(diagnosis.cause, Cause::Prohibited);
        assert!(
            diagnosis
                .message
                .contains("link-local address 169.254.169.254")
        );
    }

    #[tokio::test]
    async fn other_spellings_of_a_forbidden_address_are_not_dialled_either() {
        for host in [
            "2852039166",
            "0xa9fea9fe",
            "0251.0376.0251.0376",
            "169.254.43518",
        ] {
            let cause = failure(&format!("http://{host}")).await.cause;
            // Name services differ in what they take for an address.
            assert!(
                matches!(cause, Cause::Prohibited | Cause::Unresolvable),
                "{host}: {cause:?}"
            );
        }
    }

    #[test]
    fn a_name_with_a_forbidden_address_among_others_is_dialled_at_the_others() {
        let dialer = dialer("https://two-faced.test");
        let address = |text: &str| text.parse().expect("an address");
        let found = vec![address("169.254.169.254:443"), address("10.0.0.7:443")];
        assert_eq!(
            dialer.permitted(found).expect("one"),
            [address("10.0.0.7:443")]
        );
        let found = vec![address("[fd00:ec2::254]:443")];
        let diagnosis = dialer.permitted(found).expect_err("none");
        assert_eq!(diagnosis.cause, Cause::Prohibited);
    }

    /// A name that means something else on the second lookup has no second lookup.
    #[tokio::test]
    async fn what_was_resolved_and_checked_once_is_dialled_ever_after() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let dialer = Dialer {
            addresses: tokio::sync::OnceCell::new_with(Some(vec![address])),
            ..dialer("https://rebinding.invalid")
        };
        for _ in 0..2 {
            let stream = dialer.dial().await.expect("a connection");
            assert_eq!(stream.peer_addr().expect("an address"), address);
        }
    }

    #[tokio::test]
    async fn what_a_proxy_would_dial_is_held_to_the_same_addresses_as_far_as_is_known() {
        for host in [
            "169.254.169.254",
            "[fd00:ec2::254]",
            "[::ffff:169.254.169.254]",
            "2852039166",
            "0xa9fea9fe",
            "0251.0376.0251.0376",
            "169.254.43518",
        ] {
            let asked = dialer(&format!("https://{host}"));
            let refused = asked.permit_from_afar().await.expect_err(host);
            assert_eq!(refused.cause, Cause::Prohibited, "{host}");
        }
        for host in ["10.0.0.7", "[2001:db8::1]", "known-to-the-proxy.invalid"] {
            let asked = dialer(&format!("https://{host}"));
            asked.permit_from_afar().await.expect(host);
        }
    }

    #[tokio::test]
    async fn a_refused_connection_names_the_address() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        drop(listener);
        let diagnosis = failure(&format!("http://{address}")).await;
        assert_eq!(diagnosis.cause, Cause::Refused);
        assert!(
            diagnosis.message.contains(&address.to_string()),
            "{diagnosis}"
        );
    }
}
