//! Pages and summary of a run.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;
use stocktake_contract::ErrorCode::{PluginOutputInvalidJson, PluginResponseInvalid};
use stocktake_contract::Problem;
use stocktake_contract::response::Evidence;
use stocktake_contract::roots::Roots;

use super::identities::Identities;
use super::issue::{Issue, Issues};
use super::item::Item;
use super::item_validator::ItemValidator;
use super::limits::ItemLimits;
use super::proof::Proof;
use super::scope::Scope;
use super::summary_check::{SummaryCheck, check_summary, evidence_is_consistent};
use crate::page::{Page, Summary};

/// Verifies the pages of one run as they come, then its summary.
///
/// The first broken page ends the verification: what follows it could not be
/// used, and an item of it must not be written.
#[derive(Debug)]
pub struct Verifier {
    items: ItemValidator,
    next: u32,
}

impl Verifier {
    /// A verifier of one run.
    #[must_use]
    pub fn new(scope: Scope, limits: ItemLimits) -> Self {
        Verifier {
            items: ItemValidator::new(scope, limits, Issues::bounded()),
            next: 0,
        }
    }

    /// Assets received so far, per kind.
    #[must_use]
    pub fn assets(&self) -> &BTreeMap<String, u64> {
        &self.items.assets
    }

    /// Bytes that are held to know what was received: ids and relations.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.items.bytes()
    }

    /// Which assets were received.
    pub(crate) fn identities(&self) -> &Identities {
        self.items.identities()
    }

    /// Verifies the next page and answers its items in their order.
    ///
    /// # Errors
    ///
    /// One problem per code, each listing up to 20 issues.
    pub fn page<'a>(&mut self, page: &'a Page) -> Result<Vec<Item<'a>>, Vec<Problem>> {
        let sequence = page.sequence;
        let here = format!("page {sequence}");
        if sequence != self.next {
            let message = format!("page {} was due", self.next);
            self.issue(&here, "sequence", message);
        }
        self.next = self.next.saturating_add(1);
        let before = Counts::of(&self.items);
        let mut items = Vec::new();
        if !page.batch.is_empty() && !page.batch.ends_with('\n') {
            self.issue(&here, "batch", "the last line is cut off".to_owned());
        }
        let has_returns = memchr::memchr(b'\r', page.batch.as_bytes()).is_some();
        for (number, line) in lines(&page.batch).enumerate() {
            // JSON allows it between tokens; for a terminal, and for some readers of lines, it is a line's end.
            if has_returns && line.contains('\r') {
                let path = format!("batch line {}", number + 1);
                self.issue(&here, &path, "holds a carriage return".to_owned());
                continue;
            }
            let item = match parts(line) {
                Ok(Line::Asset(text)) => self.items.asset(text).map(Item::Asset),
                Ok(Line::Relation(text)) => self.items.relation(text).map(Item::Relation),
                Ok(Line::Warning(text)) => {
                    let warning = self.items.warning(text);
                    warning.map(|warning| Item::Warning(warning, text))
                }
                Err(error) => {
                    let code = if error.is_data() {
                        PluginResponseInvalid
                    } else {
                        PluginOutputInvalidJson
                    };
                    let message = format!("is not one asset, relation or warning: {error}");
                    let path = format!("batch line {}", number + 1);
                    self.items
                        .issues
                        .push(Issue::new(code, &here, path, message));
                    None
                }
            };
            items.extend(item);
        }
        if self.items.issues.is_empty() {
            self.counted(&here, page, &before);
        }
        if self.items.issues.is_empty() {
            Ok(items)
        } else {
            Err(self.items.issues.problems())
        }
    }

    /// The roots that were read, by the request and the warnings; none when nothing was.
    #[must_use]
    pub fn roots(&self, evidence: &Evidence) -> Option<Roots> {
        let roots = self.items.scope.roots.clone();
        roots.filter(|_| evidence.pages > 0)
    }

    /// A session is left on the server, as the host itself reports.
    pub(crate) fn report_session_left(&mut self) {
        self.items.reported_session_left = true;
    }

    /// The evidence does not contradict what was received, be it all or not.
    #[must_use]
    pub fn evidence_is_consistent(&self, evidence: &Evidence) -> bool {
        evidence_is_consistent(&self.items, evidence)
    }

    /// Verifies the summary against what was received, and answers the proof of an inventory that
    /// the summary calls complete. None is given for a document from elsewhere, which names no run.
    ///
    /// # Errors
    ///
    /// One problem per code, each listing up to 20 issues.
    pub fn finish(mut self, summary: &Summary) -> Result<Option<Proof>, Vec<Problem>> {
        check_summary(
            &mut self.items,
            &SummaryCheck {
                assets: summary.stats.assets,
                relations: summary.stats.relations,
                warnings: summary.stats.warnings,
                complete: summary.stats.inventory_complete,
                evidence: Some(&summary.evidence),
                detected: summary.detection.is_some(),
                errors: summary.errors.len(),
            },
        );
        if !self.items.issues.is_empty() {
            return Err(self.items.issues.problems());
        }
        let is_proved = summary.stats.inventory_complete && self.items.scope.evidence_owed;
        let roots = self.roots(&summary.evidence);
        Ok(is_proved.then(|| Proof::new(&self.items, &summary.evidence, roots)))
    }

    /// The page's own counts must be those of its batch.
    fn counted(&mut self, here: &str, page: &Page, before: &Counts) {
        let after = Counts::of(&self.items);
        let mut said = BTreeMap::new();
        for (kind, count) in &page.assets {
            if said.insert(kind.clone(), *count).is_some() {
                self.issue(here, "assets", format!("counts {kind:?} twice"));
            }
        }
        let received: BTreeMap<String, u64> = after
            .assets
            .iter()
            .map(|(kind, count)| (kind, count - before.assets.get(kind).unwrap_or(&0)))
            .filter(|(kind, count)| *count > 0 || said.contains_key(*kind))
            .map(|(kind, count)| (kind.clone(), count))
            .collect();
        said.retain(|kind, count| *count > 0 || received.contains_key(kind));
        if said != received {
            let message = format!("says {said:?}, the batch holds {received:?}");
            self.issue(here, "assets", message);
        }
        for (name, said, received) in [
            (
                "relations",
                page.relations,
                after.relations - before.relations,
            ),
            ("warnings", page.warnings, after.warnings - before.warnings),
        ] {
            if u64::from(said) != received {
                let message = format!("says {said}, the batch holds {received}");
                self.issue(here, name, message);
            }
        }
    }

    fn issue(&mut self, part: &str, path: &str, message: String) {
        let issue = Issue::new(PluginResponseInvalid, part, path, message);
        self.items.issues.push(issue);
    }
}

struct Counts {
    assets: BTreeMap<String, u64>,
    relations: u64,
    warnings: u64,
}

impl Counts {
    fn of(items: &ItemValidator) -> Self {
        Counts {
            assets: items.assets.clone(),
            relations: items.relations,
            warnings: items.warnings,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Tagged<'a> {
    #[serde(borrow)]
    Asset(&'a RawValue),
    #[serde(borrow)]
    Relation(&'a RawValue),
    #[serde(borrow)]
    Warning(&'a RawValue),
}

/// As `str::lines`, by vectors.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let last = (!text.ends_with('\n')).then_some(text.len());
    let mut start = 0;
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).chain(last.filter(|_| !text.is_empty()));
    ends.map(move |end| {
        let line = &text[start..end];
        start = end + 1;
        // The last line's break is missing, so a carriage return there is none.
        match line.strip_suffix('\r') {
            Some(line) if end < text.len() => line,
            _ => line,
        }
    })
}

enum Line<'a> {
    Asset(&'a str),
    Relation(&'a str),
    Warning(&'a str),
}

/// The value of a line and what it is.
///
/// The compact spelling is cut out without parsing: the code that takes the value
/// parses it anyway, and a cut that was wrong is no JSON value.
fn parts(line: &str) -> Result<Line<'_>, serde_json::Error> {
    let cut = |prefix| line.strip_prefix(prefix)?.strip_suffix('}');
    if let Some(text) = cut("{\"asset\":") {
        return Ok(Line::Asset(text));
    }
    if let Some(text) = cut("{\"relation\":") {
        return Ok(Line::Relation(text));
    }
    if let Some(text) = cut("{\"warning\":") {
        return Ok(Line::Warning(text));
    }
    Ok(match serde_json::from_str(line)? {
        Tagged::Asset(value) => Line::Asset(value.get()),
        Tagged::Relation(value) => Line::Relation(value.get()),
        Tagged::Warning(value) => Line::Warning(value.get()),
    })
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn lines_are_those_of_std() {
        for text in [
            "",
            "\n",
            "\r\n",
            "a",
            "a\r",
            "a\nb",
            "a\r\nb\n",
            "\n\n",
            "a\r\r\n\r",
            "ä\nö",
        ] {
            let expected: Vec<_> = text.lines().collect();
            assert_eq!(lines(text).collect::<Vec<_>>(), expected, "{text:?}");
        }
    }
}
