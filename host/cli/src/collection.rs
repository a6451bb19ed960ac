//! One run that lists an inventory, for `collect` and `sync`.

use serde_json::{Map, Value};
use stocktake_contract::request::Mode;
use stocktake_runtime::run::finish;
use stocktake_runtime::vsphere::SessionKeeper;
use stocktake_runtime::{Outcome, Writer};
use tokio_util::sync::CancellationToken;

use crate::connection::Connection;
use crate::count::CountArguments;
use crate::detect::report_warnings;
use crate::engine::Engine;
use crate::failure::Failure;
use crate::request::Order;
use crate::resilience::ResilienceArguments;
use crate::selection::PreferredVersion;

/// What a run lists, and from where.
#[derive(Debug)]
pub(crate) struct Collection<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) resilience: &'a ResilienceArguments,
    pub(crate) password: &'a str,
    pub(crate) mode: Mode,
    pub(crate) preferred_version: PreferredVersion,
    pub(crate) count: CountArguments,
    /// `source.config`, but for the endpoint and the version.
    pub(crate) config: Map<String, Value>,
}

impl Collection<'_> {
    /// Runs it; the writer receives the outcome in any case. It is not given back when
    /// it is blocked.
    pub(crate) async fn run<W: Writer + Send + 'static>(
        mut self,
        mut writer: W,
        cancel: &CancellationToken,
    ) -> Result<(Outcome, Option<W>), Failure> {
        let engine = match self.connection.engine(self.resilience) {
            Ok(engine) => engine.counting(self.count),
            Err(Failure::Problem(problem)) => {
                return Ok(finish(writer, Outcome::failed(*problem), cancel).await);
            }
            Err(failure) => return Err(failure),
        };
        let keeper = SessionKeeper::default();
        let preferred = match self.preferred_version.as_str() {
            Some(preferred) => preferred.to_owned(),
            None => match self.recommended_version(&engine, &keeper, cancel).await? {
                Ok((preferred, detected)) => {
                    report_warnings(&detected, &mut writer)
                        .map_err(|error| Failure::other("the output cannot be written", error))?;
                    preferred
                }
                Err(outcome) => {
                    keeper.end().await;
                    return Ok(finish(writer, *outcome, cancel).await);
                }
            },
        };
        let key = "preferred_vcenter_version".to_owned();
        self.config.insert(key, preferred.into());
        let config = std::mem::take(&mut self.config);
        let request = self.order(self.mode, config).request()?;
        Ok(engine.run_in(&keeper, &request, writer, cancel).await)
    }

    /// Asks the server for its version, and answers the range to configure for it. A session
    /// of the host's is left to `keeper`.
    async fn recommended_version(
        &self,
        engine: &Engine,
        keeper: &SessionKeeper,
        cancel: &CancellationToken,
    ) -> Result<Result<(String, Outcome), Box<Outcome>>, Failure> {
        let order = self.order(Mode::Detect, Map::new());
        let outcome = engine
            .ask_and_leave(keeper, &order.request()?, cancel)
            .await;
        Ok(match &outcome.detection {
            Some(detection) if outcome.succeeded() => {
                let preferred = detection.recommended_preferred_version.clone();
                Ok((preferred, outcome))
            }
            _ => Err(Box::new(outcome)),
        })
    }

    fn order(&self, mode: Mode, config: Map<String, Value>) -> Order<'_> {
        Order {
            endpoint: &self.connection.endpoint,
            username: &self.connection.username,
            password: self.password,
            mode,
            config,
        }
    }
}
