//! The planned steps, the current step, and its duration. Goes to stderr: stdout belongs to the commands' results.

use std::fmt::Display;
use std::time::{Duration, Instant};

/// A part of a command that may take long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    pub(crate) name: &'static str,
    /// Its description.
    pub(crate) does: &'static str,
    /// Its duration in a fresh checkout, on two cores.
    pub(crate) takes: &'static str,
}

impl Part {
    /// Runs it, as [`step`] does.
    pub(crate) fn run<T>(&self, work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
        step(self.name, work)
    }
}

/// Prints what it does, before it begins.
pub(crate) fn announce(title: &str, parts: &[Part]) {
    eprint!("{}", plan(title, parts));
}

fn plan(title: &str, parts: &[Part]) -> String {
    let name = |part: &Part| part.name.len();
    let names = parts.iter().map(name).max().unwrap_or_default();
    let times = parts.iter().map(|part| part.takes.len());
    let times = times.max().unwrap_or_default();
    let mut text = format!(
        "{title}; what is there already is left out. From nothing, on two cores, it takes:\n"
    );
    for Part { name, does, takes } in parts {
        text.push_str(&format!("   {name:names$}  {takes:times$}  {does}\n"));
    }
    text
}

/// Runs a step, with its name before and its outcome and duration after.
pub(crate) fn step<T>(name: &str, work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
    eprintln!("== {name}");
    let start = Instant::now();
    let outcome = work();
    let verdict = if outcome.is_ok() { "done" } else { "failed" };
    eprintln!("== {name}: {verdict} in {}", seconds(start.elapsed()));
    outcome
}

/// A remark on the step that is running.
pub(crate) fn note(text: impl Display) {
    eprintln!("   {text}");
}

/// A duration for people.
pub(crate) fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

#[cfg(test)]
mod test {
    use super::*;

    #[test]
    fn a_plan_names_each_part_its_time_and_what_it_does() {
        let part = |name, takes, does| Part { name, does, takes };
        let parts = [
            part("node", "5 s", "downloads Node"),
            part("packages", "1 min", "installs Go"),
        ];
        assert_eq!(
            plan("setup", &parts),
            "setup; what is there already is left out. From nothing, on two cores, it takes:\n   node      5 s    downloads Node\n   packages  1 min  installs Go\n"
        );
    }
}
