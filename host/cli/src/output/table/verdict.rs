//! The verdict on a collection.

use stocktake_contract::roots::Roots;
use stocktake_runtime::{Conclusion, Outcome};

use crate::output::size::size;

/// The verdict on a collection and the counts behind it, in lines.
pub(super) fn verdict(outcome: &Outcome) -> String {
    let mut text = match &outcome.detection {
        Some(detection) => format!("vCenter     {}\n", detection.target_version),
        None => String::new(),
    };
    text += &format!(
        "verdict     {}\n",
        match &outcome.conclusion {
            Conclusion::Complete(proof) if proof.roots() == Some(&Roots::Unknown) =>
                "COMPLETE for what this account may see: it may not read the root folder, so other objects cannot be ruled out",
            Conclusion::Complete(_) =>
                "COMPLETE: every object that the server announced is accounted for",
            Conclusion::Partial | Conclusion::Failed | Conclusion::Answered =>
                "NOT COMPLETE: do not use this list as the inventory",
        }
    );
    text += &format!(
        "emitted     {} assets, {} relations, {} warnings\n",
        outcome.counts.all_assets(),
        outcome.counts.relations,
        outcome.counts.warnings
    );
    if let Some(evidence) = &outcome.evidence {
        for kind in &evidence.kinds {
            text += &format!(
                "{:<11} {} announced = {} returned",
                kind.kind, kind.announced, kind.returned
            );
            for (count, what) in [
                (kind.vanished, "vanished"),
                (kind.quarantined, "quarantined"),
            ] {
                if count > 0 {
                    text += &format!(" + {count} {what}");
                }
            }
            let unaccounted = kind.unaccounted();
            if unaccounted > 0 {
                text += &format!(" + {unaccounted} UNACCOUNTED FOR");
            }
            for (count, what) in [
                (kind.unannounced, "in no list of the server"),
                (kind.excluded, "templates left out"),
                (kind.unreadable, "not fully readable"),
            ] {
                if count > 0 {
                    text += &format!("; {count} {what}");
                }
            }
            text.push('\n');
        }
        text += &format!(
            "server      {} pages, {}, {} continue calls; {} of {} sessions and {} of {} views ended\n",
            evidence.pages,
            if evidence.drained {
                "the last one drained"
            } else {
                "NOT drained"
            },
            evidence.continue_calls,
            evidence.logouts + evidence.sessions_lost,
            evidence.logins,
            evidence.views_destroyed + evidence.views_lost,
            evidence.views_created,
        );
    }
    let usage = &outcome.usage;
    text += &format!(
        "used        {} requests, {} received ({} unpacked), {} of sandbox memory, {:.2} s\n",
        usage.requests.used,
        size(usage.bytes_received.used),
        size(usage.bytes_decoded.used),
        size(usage.memory_bytes.used),
        usage.wall.used.as_secs_f64()
    );
    text
}
