//! What a component says of itself, for those who did not write it.

use std::time::Duration;

use stocktake_contract::Problem;

use crate::bindings::exports::stocktake::collector::inventory as wit;
use crate::component::{Collector, Digest, Names};
use crate::failure;
use crate::gateway::Gateway;
use crate::limits::SandboxLimits;
use crate::loader::Runtime;
use crate::quote::printable;
use crate::sandbox::Sandbox;
use crate::stderr::Stderr;

/// Describing itself needs no import, so it takes no time.
const DESCRIBE_TIMEOUT: Duration = Duration::from_secs(10);
/// Characters of a name.
const NAME: usize = 200;
/// Entries of a list.
const LISTED: usize = 100;

/// What is known of a component.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Inspection {
    /// SHA-256 of the file, in lower-case hexadecimal digits.
    pub sha256: String,
    /// Its size in bytes.
    pub size: usize,
    /// What it imports, with versions.
    pub imports: Vec<String>,
    /// What it exports, with versions.
    pub exports: Vec<String>,
    /// Imports that the world does not offer; a collector has none.
    pub foreign: Vec<String>,
    /// Who it says it is, or why it cannot be asked.
    pub description: Result<Description, Problem>,
}

/// Who a collector says it is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Description {
    /// Stable name, as in `vcenter`.
    pub name: String,
    /// Semantic version of the collector.
    pub version: String,
    /// Values of `source.source_type` it accepts.
    pub source_types: Vec<String>,
    /// Values of `request.mode` it accepts.
    pub modes: Vec<String>,
    /// Contract documents it speaks.
    pub contracts: Vec<String>,
    /// Limits of `source.config.page_size`, in objects.
    pub page_size: PageSize,
}

/// Limits of `source.config.page_size`, in objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageSize {
    /// The least.
    pub least: u32,
    /// The greatest.
    pub most: u32,
    /// When the request names none.
    pub default: u32,
}

impl Runtime {
    /// Lists what a component imports, exports and describes. A component that
    /// could not be run is described as far as possible.
    ///
    /// # Errors
    ///
    /// `PLUGIN_EXEC_FAILED` when the bytes are not a component.
    pub async fn inspect(&self, bytes: &[u8]) -> Result<Inspection, Problem> {
        let loaded = self.compile(bytes)?;
        let names = Names::of(&loaded.component);
        let description = match self.admit(loaded) {
            Ok(collector) => collector.describe().await,
            Err(problem) => Err(problem),
        };
        Ok(Inspection {
            sha256: Digest::of(bytes).digits(),
            size: bytes.len(),
            imports: names.imports,
            exports: names.exports,
            foreign: names.foreign,
            description,
        })
    }
}

impl Collector {
    /// Asks the collector who it is; it can reach nothing meanwhile.
    ///
    /// # Errors
    ///
    /// `PLUGIN_TRAPPED`, `PLUGIN_TIMEOUT` or `PLUGIN_BUDGET_EXCEEDED` when it does not answer.
    pub async fn describe(&self) -> Result<Description, Problem> {
        let (gateway, limits) = (Gateway::denying(), SandboxLimits::default());
        let stderr = Stderr::default();
        let mut store = Sandbox::store(self.pre.engine(), &limits, gateway, &stderr);
        let asking = async {
            let guest = self.pre.instantiate_async(&mut store).await?;
            let inventory = guest.stocktake_collector_inventory();
            inventory.call_describe(&mut store).await
        };
        match tokio::time::timeout(DESCRIBE_TIMEOUT, asking).await {
            Ok(Ok(description)) => Ok(description.into()),
            Ok(Err(error)) => Err(failure::trap(&error, &stderr.text(), &limits)),
            Err(_) => Err(failure::timeout(
                DESCRIBE_TIMEOUT,
                "it did not describe itself",
            )),
        }
    }
}

impl From<wit::Description> for Description {
    fn from(description: wit::Description) -> Self {
        let page_size = description.page_size;
        let clean = |text: String| printable(&text, NAME);
        let list = |texts: Vec<String>| texts.into_iter().take(LISTED).map(clean).collect();
        Description {
            name: clean(description.name),
            version: clean(description.version),
            source_types: list(description.source_types),
            modes: list(description.modes),
            contracts: list(description.contracts),
            page_size: PageSize {
                least: page_size.least,
                most: page_size.most,
                default: page_size.default,
            },
        }
    }
}
