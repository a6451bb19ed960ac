//! The same inventory, listed by each client in turn.

use anyhow::Result;

use crate::Arguments;
use crate::client::Client;
use crate::measurement::Measurement;
use crate::properties::Profile;
use crate::server;
use crate::statistics::{self, Figure, cpu, peak, wall};
use crate::table::{Table, count, number};

const CLIENTS: [Client; 4] = [
    Client::Stocktake,
    Client::Floor,
    Client::Govmomi,
    Client::PyVmomi,
];

/// A bound for the `sync` profile, at sizes of at least `least` VMs.
struct Target {
    client: Client,
    figure: (&'static str, Figure),
    most: f64,
    least: u32,
}

const TARGETS: [Target; 7] = [
    target(Client::Floor, ("wall", wall), 1.15, 10_000),
    target(Client::Floor, ("cpu", cpu), 5.0, 10_000),
    target(Client::Govmomi, ("cpu", cpu), 1.0 / 3.0, 10_000),
    target(Client::Govmomi, ("wall", wall), 1.0 / 1.5, 10_000),
    target(Client::Govmomi, ("peak memory", peak), 1.0, 50_000),
    target(Client::PyVmomi, ("cpu", cpu), 0.1, 10_000),
    target(Client::PyVmomi, ("wall", wall), 0.25, 10_000),
];

const fn target(client: Client, figure: (&'static str, Figure), most: f64, least: u32) -> Target {
    Target {
        client,
        figure,
        most,
        least,
    }
}

/// The runs of every client at one size.
struct Round {
    vms: u32,
    runs: [Vec<Measurement>; CLIENTS.len()],
}

impl Round {
    fn ours(&self) -> &[Measurement] {
        &self.runs[0]
    }

    fn of(&self, client: Client) -> &[Measurement] {
        let position = CLIENTS.iter().position(|other| *other == client);
        &self.runs[position.unwrap_or(0)]
    }
}

/// The tables of both profiles, and how the targets are met.
pub(crate) fn run(arguments: &Arguments) -> Result<String> {
    let mut rounds = Profile::COMPARED.map(|profile| (profile, Vec::new()));
    for &vms in &arguments.sizes {
        let vcsim = server::vcsim(vms);
        for (profile, rounds) in &mut rounds {
            let mut runs: [Vec<Measurement>; CLIENTS.len()] = Default::default();
            let (programs, server) = (&arguments.programs, &vcsim.server);
            for client in CLIENTS {
                client.check(programs, server, *profile, vms)?;
            }
            for round in 0..arguments.runs as usize {
                // Each begins in turn: vcsim still cleans up after the previous client.
                for turn in 0..CLIENTS.len() {
                    let number = (round + turn) % CLIENTS.len();
                    let measured = CLIENTS[number].measure(programs, server, *profile)?;
                    runs[number].push(measured);
                }
            }
            eprintln!("   {} profile done", profile.name());
            rounds.push(Round { vms, runs });
        }
    }
    let [(_, sync), (_, ledger)] = &rounds;
    Ok(format!(
        "{}{}{}",
        figures("`sync` profile", sync),
        figures("`ledger` profile", ledger),
        targets(sync)
    ))
}

fn figures(heading: &str, rounds: &[Round]) -> Table {
    let columns = [
        "client",
        "VMs",
        "cpu s",
        "wall s",
        "peak MiB",
        "stocktake ÷ it: cpu",
        "wall",
        "peak",
    ];
    let mut table = Table::new(heading, &columns);
    for round in rounds {
        for (client, runs) in CLIENTS.into_iter().zip(&round.runs) {
            let mut cells = vec![client.name().to_owned(), count(round.vms.into())];
            let figures: [Figure; 3] = [cpu, wall, peak];
            cells.extend(figures.map(|figure| number(statistics::of(figure, runs))));
            if client == Client::Stocktake {
                cells.extend(["", "", ""].map(str::to_owned));
            } else {
                let ratio = |figure| number(statistics::ratio(figure, round.ours(), runs));
                cells.extend(figures.map(ratio));
            }
            table.row(cells);
        }
    }
    table
}

fn targets(rounds: &[Round]) -> Table {
    let columns = ["stocktake ÷", "VMs", "target", "measured", "met"];
    let mut table = Table::new("Targets of the `sync` profile", &columns);
    for target in &TARGETS {
        let (name, figure) = target.figure;
        for round in rounds.iter().filter(|round| round.vms >= target.least) {
            let ratio = statistics::ratio(figure, round.ours(), round.of(target.client));
            table.row([
                format!("{} {name}", target.client.name()),
                count(round.vms.into()),
                format!("≤ {}", number(target.most)),
                number(ratio),
                if ratio <= target.most { "yes" } else { "no" }.to_owned(),
            ]);
        }
    }
    table
}
