//! Assets and relations as members of known types.

use std::borrow::Cow;

use serde::Deserialize;

use super::details;
use super::item::{Asset, Relation};
use super::limits::ItemLimits;
use super::normalized::{Normalized, NormalizedExtendedV1, NormalizedV1};
use super::value::{Name, Nested, Object, Optional, RawObject};

/// The objects that stand around a payload.
const LEVELS_ABOVE: usize = 1;
/// Levels of the deepest asset beside its payload: that of a disk of its hardware.
const LEVELS_BESIDE: usize = 5;
/// Levels of the deepest asset with details: that of an address of its network cards.
const LEVELS_OF_DETAILS: usize = 6;

/// An asset, with what is made of its `normalized` and of its payload.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AssetShape<'a, N, P> {
    #[serde(borrow)]
    pub(super) external_kind: Name<'a>,
    #[serde(borrow)]
    pub(super) external_id: Name<'a>,
    pub(super) normalized: N,
    #[serde(borrow, default)]
    pub(super) details: Optional<RawObject<'a>>,
    raw_payload: P,
}

/// A relation, with what is made of its payload.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RelationShape<'a, P> {
    #[serde(borrow, rename = "type")]
    kind: Name<'a>,
    #[serde(borrow)]
    from: Object<End<'a>>,
    #[serde(borrow)]
    to: Object<End<'a>>,
    raw_payload: P,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct End<'a> {
    #[serde(borrow)]
    external_kind: Name<'a>,
    #[serde(borrow)]
    external_id: Name<'a>,
}

/// The asset, when its text is within the limits and sound in everything that does not depend on other items.
/// It `may_have_details`, or has none.
pub(super) fn sound_asset<'a>(
    text: &'a str,
    limits: &ItemLimits,
    may_have_details: bool,
) -> Option<Asset<'a>> {
    if !may_fit(text, limits) {
        return None;
    }
    asset_of::<NormalizedV1>(text, limits, may_have_details, false)
        .or_else(|| asset_of::<NormalizedExtendedV1>(text, limits, may_have_details, true))
}

fn may_fit(text: &str, limits: &ItemLimits) -> bool {
    text.len() <= limits.item_bytes && limits.depth >= LEVELS_BESIDE
}

fn asset_of<'a, N>(
    text: &'a str,
    limits: &ItemLimits,
    may_have_details: bool,
    is_extended: bool,
) -> Option<Asset<'a>>
where
    N: Normalized + Deserialize<'a>,
{
    let Object(shape): Object<AssetShape<'a, Object<N>, Nested>> =
        serde_json::from_str(text).ok()?;
    let kind = shape.normalized.0.kind();
    let has_sound_details = shape.details.0.is_none_or(|RawObject(details)| {
        may_have_details
            && limits.depth >= LEVELS_OF_DETAILS
            && details::are_sound(kind, details.get())
    });
    let is_sound = has_sound_details
        && kind.as_str() == shape.external_kind.0
        && kind.is_extended() == is_extended
        && shape.raw_payload.0 + LEVELS_ABOVE <= limits.depth;
    is_sound.then_some(Asset {
        kind: shape.external_kind.0,
        id: shape.external_id.0,
        text,
    })
}

/// The relation, when its text is within the limits and sound in everything that does not depend on other items.
pub(super) fn sound_relation<'a>(text: &'a str, limits: &ItemLimits) -> Option<Relation<'a>> {
    if !may_fit(text, limits) {
        return None;
    }
    let (relation, levels) = match compact_relation(text) {
        Some((relation, payload)) => {
            let Nested(levels) = serde_json::from_str(payload).ok()?;
            (relation, levels)
        }
        None => {
            let Object(shape): Object<RelationShape<'a, Nested>> =
                serde_json::from_str(text).ok()?;
            let levels = shape.raw_payload.0;
            (shape.of(text), levels)
        }
    };
    (levels + LEVELS_ABOVE <= limits.depth).then_some(relation)
}

/// The relation and its payload, when it is spelled as this project's collectors spell it: compact,
/// its members in the order of the schema, without escapes in names. There are two relations per VM,
/// and most of their bytes are the names of their members.
fn compact_relation(text: &str) -> Option<(Relation<'_>, &str)> {
    let mut rest = text;
    let mut name = |before: &str| {
        let behind = rest.strip_prefix(before)?;
        let end = behind.bytes().position(|byte| byte == b'"')?;
        let (name, quote) = behind.split_at(end);
        rest = quote;
        let is_escaped = |byte: u8| byte == b'\\' || byte < b' ';
        (!name.is_empty() && !name.bytes().any(is_escaped)).then_some(Cow::Borrowed(name))
    };
    let kind = name(r#"{"type":""#)?;
    let from_kind = name(r#"","from":{"external_kind":""#)?;
    let from_id = name(r#"","external_id":""#)?;
    let to_kind = name(r#""},"to":{"external_kind":""#)?;
    let to_id = name(r#"","external_id":""#)?;
    let payload = rest
        .strip_prefix(r#""},"raw_payload":"#)?
        .strip_suffix('}')?;
    let relation = Relation {
        kind,
        from: (from_kind, from_id),
        to: (to_kind, to_id),
        text,
    };
    Some((relation, payload))
}

impl<'a, P> RelationShape<'a, P> {
    /// The relation whose text this is.
    pub(super) fn of(self, text: &'a str) -> Relation<'a> {
        let Object(from) = self.from;
        let Object(to) = self.to;
        Relation {
            kind: self.kind.0,
            from: (from.external_kind.0, from.external_id.0),
            to: (to.external_kind.0, to.external_id.0),
            text,
        }
    }
}

/// An asset whose `normalized` and payload are left to be checked.
pub(super) type RawAsset<'a> = Object<AssetShape<'a, RawObject<'a>, RawObject<'a>>>;
/// A relation whose payload is left to be checked.
pub(super) type RawRelation<'a> = Object<RelationShape<'a, RawObject<'a>>>;
