//! The file and its description.

use std::collections::BTreeSet;

use stocktake_contract::request::{Mode, PAGE_SIZE_MOST, SCHEMA_VERSION as REQUEST};
use stocktake_contract::{Problem, normalized, response};
use stocktake_runtime::{Description, Inspection, Runtime};

use crate::finding::{Deviation, Finding, Wrong};
use crate::runner::of_code;

pub(crate) fn loads(inspected: &Result<Inspection, Problem>) -> Vec<Finding> {
    let came = match inspected {
        Err(problem) => problem.to_string(),
        Ok(inspection) if !inspection.foreign.is_empty() => {
            format!("it imports {}", inspection.foreign.join(", "))
        }
        Ok(Inspection {
            description: Err(problem),
            ..
        }) if of_code(problem.code) == Some(Wrong::Refused) => problem.to_string(),
        Ok(_) => return Vec::new(),
    };
    let expected = "a component of the world stocktake:collector/collector";
    vec![Deviation::new(Wrong::Refused, expected, came).at("the file")]
}

pub(crate) async fn describes_itself(
    runtime: &Runtime,
    bytes: &[u8],
    inspected: &Result<Inspection, Problem>,
) -> Vec<Finding> {
    let place = "describe";
    let deviations = match inspected {
        Ok(Inspection {
            description: Ok(said),
            ..
        }) => {
            let mut deviations = soundness(said);
            if let Err(problem) = runtime.describe_alone(bytes).await {
                let expected = "a result without calling any import";
                let came = problem.to_string();
                deviations.push(Deviation::new(Wrong::MisdescribesItself, expected, came));
            }
            deviations
        }
        Ok(Inspection {
            description: Err(problem),
            ..
        }) if of_code(problem.code) != Some(Wrong::Refused) => {
            let wrong = of_code(problem.code).unwrap_or(Wrong::Traps);
            vec![Deviation::new(wrong, "a description", problem.to_string())]
        }
        // The component does not load.
        _ => Vec::new(),
    };
    let found = deviations.into_iter().map(|deviation| deviation.at(place));
    found.collect()
}

fn soundness(said: &Description) -> Vec<Deviation> {
    let mut deviations = Vec::new();
    let mut must = |holds: bool, expected: &str, came: String| {
        if !holds {
            deviations.push(Deviation::new(Wrong::MisdescribesItself, expected, came));
        }
    };
    let is_name = |text: &str| {
        let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
        !text.is_empty() && text.chars().all(is_part)
    };
    let known: Vec<&str> = Mode::ALL.iter().map(|mode| mode.as_str()).collect();
    must(
        is_name(&said.name),
        "a name of lower-case letters, digits and hyphens",
        format!("the name {:?}", said.name),
    );
    must(
        semver::Version::parse(&said.version).is_ok(),
        "a semantic version such as 1.0.0",
        format!("the version {:?}", said.version),
    );
    for (what, list) in [
        ("source-types", &said.source_types),
        ("modes", &said.modes),
        ("contracts", &said.contracts),
    ] {
        let different: BTreeSet<&String> = list.iter().collect();
        must(
            !list.is_empty() && different.len() == list.len(),
            &format!("{what}: at least one, without duplicates"),
            format!("{what} {list:?}"),
        );
    }
    must(
        said.source_types.iter().all(|text| is_name(text)),
        "source-types of lower-case letters, digits and hyphens",
        format!("source-types {:?}", said.source_types),
    );
    must(
        said.modes.iter().all(|mode| known.contains(&mode.as_str())),
        &format!("modes of the contract: {}", known.join(", ")),
        format!("modes {:?}", said.modes),
    );
    let spoken = [REQUEST, response::SCHEMA_VERSION, normalized::VERSION];
    must(
        spoken
            .iter()
            .all(|document| said.contracts.iter().any(|said| said == document)),
        &format!("contracts with {}", spoken.join(", ")),
        format!("contracts {:?}", said.contracts),
    );
    let size = said.page_size;
    let in_order = [1, size.least, size.default, size.most, PAGE_SIZE_MOST];
    must(
        in_order.is_sorted(),
        &format!("1 <= least <= default <= most <= {PAGE_SIZE_MOST} of page-size"),
        format!(
            "least {}, default {}, most {}",
            size.least, size.default, size.most
        ),
    );
    deviations
}
