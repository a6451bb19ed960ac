//! Progress of a run on a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use stocktake_runtime::page;
use tokio_util::sync::{CancellationToken, DropGuard};

const COUNTED: &str =
    "{spinner} {msg} [{bar:30}] {human_pos}/{human_len} objects, {per_sec}, {eta} left";
const UNCOUNTED: &str = "{spinner} {msg} {human_pos} objects, {elapsed}";

/// A line on stderr during the run; nothing when stderr is not a terminal.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// The line, not yet counting.
    #[must_use]
    pub fn on_stderr() -> Self {
        // Hidden when stderr is not a terminal.
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        bar.set_style(style(UNCOUNTED));
        bar.set_message("connecting,");
        bar.enable_steady_tick(Duration::from_millis(120));
        Progress { bar }
    }

    /// Shows that the run is being ended once it is cancelled, until the result is dropped.
    pub(crate) fn report_ending(&self, cancel: &CancellationToken) -> DropGuard {
        let until = CancellationToken::new();
        let (bar, cancel, over) = (self.bar.clone(), cancel.clone(), until.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = cancel.cancelled() => bar.set_message("interrupted; ending the session,"),
                () = over.cancelled() => {}
            }
        });
        until.drop_guard()
    }

    /// Shows the progress after each page, from any thread.
    pub fn advancing(&self) -> impl FnMut(page::Progress) + Send + use<> {
        let bar = self.bar.clone();
        let mut pages = 0_u64;
        move |progress| {
            pages += 1;
            if let Some(total) = progress.total
                && bar.length() != Some(total.max(progress.done))
            {
                bar.set_style(style(COUNTED));
                bar.set_length(total.max(progress.done));
            }
            bar.set_message(format!("page {pages},"));
            bar.set_position(progress.done);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

#[cfg(test)]
mod tests {
    use indicatif::ProgressStyle;

    #[test]
    fn the_templates_are_well_formed() {
        for template in [super::COUNTED, super::UNCOUNTED] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }
}
