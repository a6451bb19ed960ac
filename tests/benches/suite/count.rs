//! What the host's own count costs.

use anyhow::Result;

use crate::Arguments;
use crate::client::{self, Client};
use crate::measurement::Measurement;
use crate::properties::Profile;
use crate::server::{Simulated, listed};
use crate::statistics::{self, Figure, cpu, wall};
use crate::table::{Table, count, number};
use crate::usage::Used;

/// A run in the collector's own session is not counted by the host. Beside the count, the host's session costs
/// one call more: the host asks for itself what the server is.
const CLIENTS: [Client; 2] = [Client::Stocktake, Client::OwnSession];
const COUNTED_BY: [&str; 2] = ["host", "collector"];
const VMS: u32 = 10_000;
/// The difference is smaller than the noise of few runs.
const TIMES: u32 = 5;
/// What a counted run may take of what an uncounted one takes.
const MOST: f64 = 1.05;

/// A row per profile and counter. The ratios of times are medians of those of runs one after the other.
pub(crate) fn run(arguments: &Arguments) -> Result<Table> {
    let columns = [
        "counted by",
        "profile",
        "VMs",
        "calls",
        "kB received",
        "kB decoded",
        "cpu s",
        "wall s",
        "÷ collector: received",
        "decoded",
        "cpu",
        "wall",
        "≤ 1.05",
    ];
    let mut table = Table::new("The host's own count", &columns);
    let simulated = Simulated::start(&arguments.programs.stocktake_dev, VMS)?;
    for profile in Profile::COMPARED {
        let (programs, server) = (&arguments.programs, &simulated.server);
        let mut runs: [Vec<Measurement>; CLIENTS.len()] = Default::default();
        for client in CLIENTS {
            client.check(programs, server, profile, listed(VMS))?;
        }
        for round in 0..arguments.runs * TIMES {
            let mut order = [0, 1];
            // The second run finds the server still clearing up after the first.
            order.rotate_left(round as usize % CLIENTS.len());
            for client in order {
                runs[client].push(CLIENTS[client].measure(programs, server, profile)?);
            }
        }
        let command = || client::collect(&programs.stocktake, server, profile);
        let by_host = Used::by(&mut command())?;
        let by_collector = Used::by(command().arg("--credentials-to-guest"))?;
        for ((used, runs_of_it), counted_by) in
            [by_host, by_collector].iter().zip(&runs).zip(COUNTED_BY)
        {
            let figures: [Figure; 2] = [cpu, wall];
            let of_time = figures.map(|figure| statistics::ratio(figure, runs_of_it, &runs[1]));
            let mut cells = vec![
                counted_by.to_owned(),
                profile.name().to_owned(),
                count(VMS.into()),
                count(used.calls),
                count(used.received / 1000),
                count(used.decoded / 1000),
            ];
            cells.extend(figures.map(|figure| number(statistics::of(figure, runs_of_it))));
            cells.push(number(quotient(used.received, by_collector.received)));
            cells.push(number(quotient(used.decoded, by_collector.decoded)));
            cells.extend(of_time.map(|ratio| format!("{ratio:.3}")));
            let is_met = of_time.iter().all(|ratio| *ratio <= MOST);
            cells.push(if is_met { "yes" } else { "no" }.to_owned());
            table.row(cells);
        }
    }
    Ok(table)
}

#[expect(clippy::cast_precision_loss, reason = "shown with two decimals")]
fn quotient(bytes: u64, others: u64) -> f64 {
    bytes as f64 / others as f64
}
