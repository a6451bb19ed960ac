//! The guide's page about details is the contract's table.

use std::fmt::Write as _;
use std::{env, fs};

use stocktake_contract::details::{self, Row, Shape};
use stocktake_contract::normalized::Kind;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../host/guide/details.md");
const BEGIN: &str = "<!-- details: begin -->\n";
const END: &str = "<!-- details: end -->";

fn heading(kind: Kind) -> &'static str {
    match kind {
        Kind::Vm => "VM",
        Kind::Host => "Host",
        Kind::Cluster => "Cluster",
        Kind::Datastore => "Datastore",
        Kind::Network => "Network",
        Kind::DvPortgroup => "Distributed port group",
        Kind::DvSwitch => "Distributed switch",
        Kind::Datacenter => "Datacenter",
        Kind::Folder => "Folder",
        Kind::ResourcePool => "Resource pool",
        Kind::VApp => "vApp",
        Kind::DatastorePod => "Datastore cluster",
    }
}

fn json_type(shape: Shape) -> String {
    match shape {
        Shape::Text => "text".to_owned(),
        Shape::Time => "time".to_owned(),
        Shape::Count => "integer".to_owned(),
        Shape::Flag => "boolean".to_owned(),
        Shape::Object(_) => "object".to_owned(),
        Shape::List(item) => format!("array of {}s", json_type(*item)),
        Shape::Map => "object of texts".to_owned(),
    }
}

fn line(row: &Row) -> String {
    let unit = row.field.unit().map(|unit| format!(", {unit}"));
    let paths: Vec<String> = row
        .field
        .paths
        .iter()
        .map(|path| format!("`{path}`"))
        .collect();
    format!(
        "| `{}` | {}{} | {} | {} |\n",
        row.name,
        json_type(row.field.shape),
        unit.unwrap_or_default(),
        paths.join(", "),
        row.field.about
    )
}

fn tables() -> String {
    let mut text = String::new();
    for kind in Kind::ALL {
        write!(
            text,
            "\n## {} (`{}`)\n\n| field | type | made of | meaning |\n| --- | --- | --- | --- |\n",
            heading(kind),
            kind.as_str()
        )
        .expect("memory");
        for row in details::rows(kind) {
            text += &line(&row);
        }
    }
    text + "\n"
}

/// Stale? `STOCKTAKE_BLESS=1 cargo test -p stocktake-tests --test contract details` writes it anew.
#[test]
fn the_page_about_details_is_the_table_of_the_contract() {
    let page = fs::read_to_string(PAGE).expect("the page about details");
    let begin = page.find(BEGIN).expect("the mark before the tables") + BEGIN.len();
    let end = page.find(END).expect("the mark behind the tables");
    if env::var_os("STOCKTAKE_BLESS").is_some() && env::var_os("CI").is_none() {
        let blessed = format!("{}{}{}", &page[..begin], tables(), &page[end..]);
        fs::write(PAGE, blessed).expect("the page about details");
        return;
    }
    assert_eq!(
        &page[begin..end],
        tables(),
        "the page about details is stale"
    );
}
