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

/// Metadata services outside the link-local ranges: AWS over IPv6, Google over IPv6, Alibaba.
const METADATA: [IpAddr; 3] = [
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V6(Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
];

/// Connects to one authority.
#[derive(Debug)]
pub struct Dialer {
    authority: Authority,
    limit: Duration,
    addresses: OnceCell<Vec<SocketAddr>>,
}

impl Dialer {
    /// Nothing is looked up yet.
    #[must_use]
    pub fn new(authority: Authority, limit: Duration) -> Self {
        Dialer {
            authority,
            limit,
            addresses: OnceCell::new(),
        }
    }

    /// Connects to the first address that answers.
    ///
    /// # Errors
    ///
    /// Why no address could be reached, naming the last one tried.
    pub async fn dial(&self) -> Result<TcpStream, Diagnosis> {
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
        let forbidden = found.iter().find_map(|found| forbidden(found.ip()));
        let allowed: Vec<SocketAddr> = found
            .into_iter()
            .filter(|found| self::forbidden(found.ip()).is_none())
            .collect();
        match (allowed.is_empty(), forbidden) {
            (false, _) => Ok(allowed),
            (true, None) => Err(self.unresolvable()),
            (true, Some(reason)) => Err(Diagnosis::new(
                Cause::Prohibited,
                format!(
                    "{host} means {reason}, which no collector may dial; correct the endpoint or the name service"
                ),
            )),
        }
    }

    fn unresolvable(&self) -> Diagnosis {
        let host = self.authority.host();
        Diagnosis::new(
            Cause::Unresolvable,
            format!(
                "{host} cannot be resolved; check the spelling of the endpoint and this machine's name service"
            ),
        )
    }

    fn refusal(&self, address: SocketAddr, error: &std::io::Error) -> Diagnosis {
        let authority = &self.authority;
        if error.kind() == std::io::ErrorKind::ConnectionRefused {
            return Diagnosis::new(
                Cause::Refused,
                format!(
                    "nothing listens for {authority} at {address}; check the port and that the service runs"
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
pub fn forbidden(address: IpAddr) -> Option<String> {
    // An IPv4 address written as IPv6 is the same machine.
    let address = address.to_canonical();
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
        ] {
            assert!(
                forbidden(address.parse().expect(address)).is_none(),
                "{address}"
            );
        }
    }

    async fn failure(endpoint: &str) -> super::Diagnosis {
        let authority = Authority::of_url(endpoint).expect("a URL");
        let dialer = Dialer::new(authority, Duration::from_secs(10));
        dialer.dial().await.expect_err("no connection")
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
