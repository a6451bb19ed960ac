//! `stocktake-dev test-component`: conformance tests of a component.

use std::env;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Map, Value};
use stocktake_cli::engine::server_executor;
use stocktake_cli::failure::Failure;
use stocktake_cli::output::AnswerFormat;
use stocktake_conformance::{Check, Report, Suite};
use stocktake_contract::ascii;
use stocktake_fixture::{Fixture, replay};
use stocktake_runtime::Runtime;
use stocktake_runtime::limits::SandboxLimits;

/// Findings of a check that a table shows.
const SHOWN: usize = 3;
const BAR: &str = "{spinner} {msg} [{bar:30}] {pos}/{len} checks, {elapsed}";

#[derive(Debug, Args)]
#[command(
    long_about = "Tests any component of the world stocktake:collector/collector: the file, malformed requests, recorded exchanges as \
        they are and corrupted in every place, runs that are ended early, and, for the source type vcenter, a simulated vCenter with \
        every fault. Each finding has a stable name and reports what was expected, what was found and what cures it.\n\n\
        Every run is under small budgets; when runs do not end, the rest of the test is left out. Set STOCKTAKE_BLESS=1 to write \
        the expected.json of each fixture as the component answers now; a continuous integration (CI set) never does.",
    after_help = "Exit codes: 0 all checks pass, 1 a check fails, 2 wrong usage."
)]
pub(crate) struct TestComponentArguments {
    /// The component
    #[arg(value_name = "FILE", required_unless_present = "list")]
    file: Option<PathBuf>,
    /// A recorded case, or a folder of them; those of other source types are skipped
    #[arg(long, value_name = "DIR")]
    fixtures: Option<PathBuf>,
    /// Add a key to source.config of every request; may be repeated
    #[arg(long, value_name = "KEY=JSON", value_parser = setting)]
    config: Vec<(String, Value)>,
    /// Test it as a collector of this source type; needed when it accepts several
    #[arg(long, value_name = "NAME")]
    source_type: Option<String>,
    /// Run this check only; may be repeated
    #[arg(long = "check", value_name = "NAME")]
    checks: Vec<Check>,
    /// List every check with what it requires, and test nothing
    #[arg(long)]
    list: bool,
    /// The longest that a run may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
    /// The most memory that a run may use, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..=4096))]
    memory: u32,
    /// The output format
    #[arg(long, value_enum, default_value_t = AnswerFormat::Table)]
    format: AnswerFormat,
}

/// JSON, or a plain text.
fn setting(text: &str) -> Result<(String, Value), String> {
    let (key, value) = text
        .split_once('=')
        .filter(|(key, _)| !key.is_empty())
        .ok_or("expected KEY=JSON, as in allow_empty=true")?;
    let value = serde_json::from_str(value)
        .map_err(|error| format!("{value:?} is not JSON ({error}); a string is \"quoted\""))?;
    Ok((key.to_owned(), value))
}

/// Runs the command.
pub(crate) fn run(arguments: &TestComponentArguments) -> Result<ExitCode, Failure> {
    let unwritten = |error| Failure::other("cannot write to stdout", error);
    let (Some(file), false) = (&arguments.file, arguments.list) else {
        list().map_err(unwritten)?;
        return Ok(ExitCode::SUCCESS);
    };
    let component = fs::read(file)
        .map_err(|error| Failure::file(format!("cannot read {}", file.display()), &error))?;
    let config: Map<String, Value> = arguments.config.iter().cloned().collect();
    let executor = server_executor()?;
    if env::var_os("STOCKTAKE_BLESS").is_some() && env::var_os("CI").is_none() {
        executor.block_on(bless(arguments, &component, &config))?;
    }
    let fixtures = arguments.fixtures()?;
    let mut suite = Suite::new(component)
        .with_fixtures(fixtures)
        .with_config(config)
        .within(arguments.limits());
    if let Some(source_type) = &arguments.source_type {
        suite = suite.as_source(source_type);
    }
    if !arguments.checks.is_empty() {
        suite = suite.by(arguments.checks.clone());
    }
    let bar = bar();
    let mut progress = |progress: stocktake_conformance::Progress| {
        bar.set_length(progress.checks);
        bar.set_position(progress.done);
        bar.set_message(format!("{}, {} runs,", progress.check, progress.runs));
    };
    let tested = executor.block_on(suite.test(&mut progress));
    bar.finish_and_clear();
    let report = tested.map_err(|error| Failure::Usage(error.to_string()))?;
    let written = match arguments.format {
        AnswerFormat::Json => json(&report),
        AnswerFormat::Table => print_report(&report),
    };
    written.map_err(unwritten)?;
    Ok(if report.holds() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

impl TestComponentArguments {
    fn fixtures(&self) -> Result<Vec<Fixture>, Failure> {
        let read = |folder: &PathBuf| Fixture::open_all(folder);
        let fixtures = self.fixtures.as_ref().map(read).transpose();
        let fixtures = fixtures.map_err(|error| Failure::Usage(error.to_string()))?;
        Ok(fixtures.unwrap_or_default())
    }

    fn limits(&self) -> SandboxLimits {
        let mebibytes = usize::try_from(self.memory).unwrap_or(usize::MAX);
        let mut limits = stocktake_conformance::suite::limits();
        limits.wall = Duration::from_secs(self.timeout);
        limits.memory_bytes = mebibytes.saturating_mul(1 << 20);
        limits
    }
}

/// Writes the current responses of the component as the expected ones.
async fn bless(
    arguments: &TestComponentArguments,
    component: &[u8],
    config: &Map<String, Value>,
) -> Result<(), Failure> {
    let collector = Runtime::new()?.load(component)?;
    let cases: &Path = match &arguments.fixtures {
        Some(folder) => folder,
        None => return Ok(()),
    };
    let unblessed = |error: stocktake_fixture::Error| Failure::Usage(error.to_string());
    for fixture in Fixture::open_unblessed(cases).map_err(unblessed)? {
        let mut case = fixture.case.clone();
        case.config.extend(config.clone());
        let replayed = replay::replay(&collector, &case, &fixture.exchanges).await;
        let file = fixture.folder.join("expected.json");
        fs::write(&file, &replayed.response)
            .map_err(|error| Failure::other(format!("cannot write {}", file.display()), error))?;
        eprintln!("blessed {}", file.display());
    }
    Ok(())
}

fn list() -> io::Result<()> {
    let mut out = io::stdout().lock();
    let checks = Check::all();
    let width = checks.iter().map(|check| check.name().len()).max();
    let width = width.unwrap_or_default();
    for check in checks {
        writeln!(out, "{:<width$}  {}", check.name(), check.about())?;
    }
    out.flush()
}

fn bar() -> ProgressBar {
    // Hidden when stderr is not a terminal.
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template(BAR);
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

fn json(report: &Report) -> io::Result<()> {
    let text = serde_json::to_string(report)?;
    writeln!(io::stdout(), "{}", ascii::escape(&text))
}

fn print_report(report: &Report) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let width = report
        .results
        .iter()
        .map(|result| result.check.name().len());
    let width = width.max().unwrap_or_default();
    let (mut sound, mut wrong, mut omitted) = (0, 0, 0);
    for (nth, result) in report.results.iter().enumerate() {
        let mark = match (result.findings.is_empty(), &result.omitted) {
            (false, _) => {
                wrong += 1;
                "WRONG"
            }
            (true, Some(_)) => {
                omitted += 1;
                let before = nth.checked_sub(1).map(|before| &report.results[before]);
                if before.is_some_and(|before| before.omitted == result.omitted) {
                    continue;
                }
                "-"
            }
            (true, None) => {
                sound += 1;
                "ok"
            }
        };
        let about = match &result.omitted {
            Some(reason) => match alike(report, nth) {
                0 => format!("not run: {reason}"),
                others => format!("not run, nor the {others} checks after it: {reason}"),
            },
            None => result.check.about(),
        };
        writeln!(out, "{mark:<6} {:<width$}  {about}", result.check.name())?;
        for finding in result.findings.iter().take(SHOWN) {
            writeln!(out, "       {}: {}", finding.wrong, finding.place)?;
            writeln!(out, "         expected  {}", finding.expected)?;
            writeln!(out, "         came      {}", finding.came)?;
            writeln!(out, "         cure      {}", finding.cure)?;
        }
        if let Some(more) = result.findings.len().checked_sub(SHOWN)
            && more > 0
        {
            writeln!(out, "       and {more} more; --format json lists all")?;
        }
    }
    let verdict = if report.holds() {
        "everything holds"
    } else {
        "FAIL"
    };
    writeln!(
        out,
        "\n{}: {verdict}: {sound} checks passed, {wrong} failed, {omitted} not run; {} runs",
        match report.component.as_str() {
            "" => "the component",
            name => name,
        },
        report.runs
    )?;
    out.flush()
}

/// Checks after the `nth` that were omitted for the same reason.
fn alike(report: &Report, nth: usize) -> usize {
    let mut rest = report.results[nth..].iter().map(|result| &result.omitted);
    let reason = rest.next();
    rest.take_while(|other| Some(*other) == reason).count()
}

#[cfg(test)]
mod tests {
    use super::setting;
    use indicatif::ProgressStyle;
    use serde_json::json;

    #[test]
    fn a_setting_is_a_key_and_json() {
        assert_eq!(setting("a=true"), Ok(("a".to_owned(), json!(true))));
        let text = setting(r#"a="b=c""#);
        assert_eq!(text, Ok(("a".to_owned(), json!("b=c"))));
        for wrong in ["a", "=1", "a=b", "a="] {
            assert!(setting(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_template_is_well_formed() {
        assert!(ProgressStyle::with_template(super::BAR).is_ok());
    }
}
