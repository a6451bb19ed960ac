//! Makes the archive of a release from files that are there, and `SHA256SUMS` beside it.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Parser;
use stocktake_release::contents::{Sources, gather};
use stocktake_release::{archive, sums};

#[derive(Debug, Parser)]
struct Arguments {
    /// The folder with the executables, as they are released
    #[arg(long)]
    executables: PathBuf,
    /// The folder with README.md, LICENSE and CHANGELOG.md
    #[arg(long)]
    root: PathBuf,
    /// The folder with the components
    #[arg(long)]
    components: PathBuf,
    /// The folder to write into
    #[arg(long)]
    output: PathBuf,
    /// The machine that the executables are for
    #[arg(long)]
    triple: String,
    /// The date of every file, in seconds since 1970
    #[arg(long)]
    mtime: u64,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let entries = gather(&Sources {
        executables: &arguments.executables,
        root: &arguments.root,
        components: &arguments.components,
    })?;
    let version = env!("CARGO_PKG_VERSION");
    let name = format!("stocktake-{version}-{}", arguments.triple);
    let folder = &arguments.output;
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let file = format!("{name}.tar.gz");
    let path = folder.join(&file);
    let out = File::create(&path).with_context(|| format!("{} cannot be made", path.display()))?;
    archive::write(BufWriter::new(out), &name, entries, arguments.mtime)?;
    let text = sums::of(folder, &[&file])?;
    fs::write(folder.join("SHA256SUMS"), &text)?;
    println!("{}", path.display());
    print!("{text}");
    Ok(())
}
