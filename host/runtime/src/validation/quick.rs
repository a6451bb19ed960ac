//! Sound items, told by one walk over their text.
//!
//! Nearly every item is sound, and parsing each one twice over only to drop
//! what was parsed is most of what validation would cost. Here an item is
//! accepted only when that is certain; whoever gets `None` parses it, decides
//! and says what is wrong.

mod rule;
mod scanner;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use serde_json::Value;
use stocktake_contract::response::{EXTENDED_KINDS, LEDGER_KINDS};
use stocktake_contract::schema;

use super::item::{Asset, Relation};
use super::limits::Limits;
use rule::Rule;
use scanner::Scanner;

/// The rule of `normalized` per kind. A schema that is not fully understood has none.
static RULES: LazyLock<Vec<(&'static str, Rule)>> = LazyLock::new(|| {
    let rules = |schema: &str, kinds: &[&'static str]| -> Vec<_> {
        let schema: Value = serde_json::from_str(schema).unwrap_or_default();
        let rule = Rule::of(&schema);
        let of_kind = |kind| Some((kind, rule.clone()?.narrowed("kind", kind)?));
        kinds.iter().copied().filter_map(of_kind).collect()
    };
    let mut all = rules(schema::NORMALIZED, &LEDGER_KINDS);
    all.extend(rules(schema::NORMALIZED_EXTENDED, &EXTENDED_KINDS));
    all
});

/// The asset, when its text is within the limits and of the right shape, and
/// its `normalized` is as the schema and its kind ask.
pub(super) fn asset<'a>(text: &'a str, limits: &Limits) -> Option<Asset<'a>> {
    let mut scanner = Scanner::new(text, limits)?;
    let (mut kind, mut id, mut normalized, mut payload) = (None, None, None, None);
    scanner.object(|scanner| match scanner.key()? {
        "external_kind" => once(&mut kind, scanner.name()?),
        "external_id" => once(&mut id, scanner.name()?),
        "normalized" => {
            let rule = RULES.iter().find(|(known, _)| Some(*known) == kind);
            once(&mut normalized, rule?.1.admits(scanner)?)
        }
        "raw_payload" => once(&mut payload, scanner.any_object()?),
        _ => None,
    })?;
    scanner.end()?;
    normalized.and(payload)?;
    Some(Asset {
        kind: kind?.into(),
        id: id?.into(),
        text,
    })
}

/// The relation, when its text is within the limits and of the right shape.
pub(super) fn relation<'a>(text: &'a str, limits: &Limits) -> Option<Relation<'a>> {
    let mut scanner = Scanner::new(text, limits)?;
    let (mut kind, mut from, mut to, mut payload) = (None, None, None, None);
    scanner.object(|scanner| match scanner.key()? {
        "type" => once(&mut kind, scanner.name()?),
        "from" => once(&mut from, end(scanner)?),
        "to" => once(&mut to, end(scanner)?),
        "raw_payload" => once(&mut payload, scanner.any_object()?),
        _ => None,
    })?;
    scanner.end()?;
    payload?;
    let (from, to) = (from?, to?);
    Some(Relation {
        kind: kind?.into(),
        from: (from.0.into(), from.1.into()),
        to: (to.0.into(), to.1.into()),
        text,
    })
}

fn end<'a>(scanner: &mut Scanner<'a>) -> Option<(&'a str, &'a str)> {
    let (mut kind, mut id) = (None, None);
    scanner.object(|scanner| match scanner.key()? {
        "external_kind" => once(&mut kind, scanner.name()?),
        "external_id" => once(&mut id, scanner.name()?),
        _ => None,
    })?;
    Some((kind?, id?))
}

/// Fills a slot that nothing filled before.
fn once<T>(slot: &mut Option<T>, value: T) -> Option<()> {
    slot.replace(value).is_none().then_some(())
}
