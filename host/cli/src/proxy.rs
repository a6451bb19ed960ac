//! `--proxy` and the variables that name one.

use clap::Args;
use stocktake_contract::{ErrorCode, Problem};
use stocktake_runtime::gateway::{Proxies, Proxy};
use zeroize::Zeroizing;

use stocktake_runtime::Settings;

/// Variable that names a proxy, for callers that pass no options.
const PROXY: &str = "STOCKTAKE_PROXY";

/// The proxy to the vCenter.
#[derive(Debug, Default, Args)]
pub(crate) struct ProxyArguments {
    /// Connect through this HTTP proxy; empty: no proxy. Set one with a password by the variable [env: STOCKTAKE_PROXY; otherwise HTTPS_PROXY, ALL_PROXY and NO_PROXY as curl reads them]
    #[arg(id = "proxy", long = "proxy", value_name = "URL")]
    url: Option<String>,
}

impl ProxyArguments {
    /// The settings with the proxy given here, or by the environment, or by their file.
    pub(crate) fn amend(&self, settings: &mut Settings) -> Result<(), Problem> {
        let variable = |name: &str| std::env::var(name).ok();
        let proxies = Proxies::from_environment(variable)?;
        let named = variable(PROXY).map(Zeroizing::new);
        let given = match (&self.url, &named, &settings.proxy.url) {
            (Some(url), _, _) => open(url, "--proxy")?,
            (None, Some(url), _) => read(url, PROXY)?,
            (None, None, Some(url)) => open(url, "proxy.url of the policy")?,
            (None, None, None) => {
                settings.proxies = proxies;
                return Ok(());
            }
        };
        settings.proxies = proxies.replaced_by(given);
        Ok(())
    }
}

fn read(url: &str, named_by: &str) -> Result<Option<Proxy>, Problem> {
    match url.trim() {
        "" => Ok(None),
        url => Proxy::parse(url, named_by).map(Some),
    }
}

/// A proxy that is named where other users can read it.
fn open(url: &str, named_by: &str) -> Result<Option<Proxy>, Problem> {
    let proxy = read(url, named_by)?;
    if proxy.as_ref().is_some_and(Proxy::has_password) {
        let message = format!(
            "{named_by} contains a user name or password where other users can read it; set the proxy by {PROXY} or HTTPS_PROXY instead"
        );
        return Err(Problem::new(ErrorCode::VcenterConfigInvalid, message));
    }
    Ok(proxy)
}
