//! Which component runs: the built-in one, or a file, which may have to be on an allow list.

use std::path::PathBuf;

use clap::Args;
use stocktake_contract::{ErrorCode, Problem};
use stocktake_runtime::component::Digest;
use stocktake_runtime::{Collector, Runtime};

use crate::failure::Failure;
use stocktake_runtime::Settings;

/// The built-in component.
pub(crate) fn embedded() -> &'static [u8] {
    stocktake_vcenter_artifact::COMPONENT
}

/// Which component runs.
#[derive(Clone, Debug, Default, Args)]
pub struct ComponentChoice {
    /// Run this component in place of the built-in one
    #[arg(id = "component", long = "component", value_name = "FILE")]
    file: Option<PathBuf>,
    /// Refuse any component but the one with this digest (see `stocktake inspect`); may be repeated
    #[arg(
        id = "allow_component",
        long = "allow-component",
        value_name = "sha256:HEX",
        requires = "component"
    )]
    allowed: Vec<Digest>,
}

impl ComponentChoice {
    /// The settings with the list given here, if there is one.
    pub(crate) fn amend(&self, settings: &mut Settings) {
        if !self.allowed.is_empty() {
            settings.component.allow = self.allowed.clone();
        }
    }

    /// The file exists; its content is checked by [`ComponentChoice::load`].
    pub(crate) fn readable(&self) -> Result<(), Failure> {
        let Some(file) = &self.file else {
            return Ok(());
        };
        let name = format!("--component {}", file.display());
        let read = std::fs::File::open(file).map(drop);
        read.map_err(|error| Failure::file(name, &error))
    }

    /// Loads the component into `runtime`, if `settings` allow it.
    pub(crate) fn load(&self, runtime: Runtime, settings: &Settings) -> Result<Collector, Problem> {
        let Some(file) = &self.file else {
            return runtime.load(embedded());
        };
        let named = |reason: &str| format!("component {}: {reason}", file.display());
        let bytes = std::fs::read(file).map_err(|error| {
            Problem::new(ErrorCode::PluginExecFailed, named(&error.to_string()))
        })?;
        let runtime = runtime.allowing(settings.component.allow.iter().copied());
        runtime.load(&bytes).map_err(|mut problem| {
            problem.message = named(&problem.message);
            problem
        })
    }
}
