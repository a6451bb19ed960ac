//! Findings, by name.

use std::fmt;

use serde::{Serialize, Serializer};

macro_rules! wrongs {
    ($($variant:ident $name:literal $meaning:literal $cure:literal)*) => {
        /// A kind of finding. Names are never redefined, only added.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Wrong {
            $(#[doc = $meaning] $variant,)*
        }

        impl Wrong {
            /// Every kind.
            pub const ALL: &'static [Wrong] = &[$(Wrong::$variant),*];

            /// The name, in kebab case.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Wrong::$variant => $name,)* }
            }

            /// What it is, in one clause.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(Wrong::$variant => $meaning,)* }
            }

            /// How the author of the component cures it.
            #[must_use]
            pub fn cure(self) -> &'static str {
                match self { $(Wrong::$variant => $cure,)* }
            }
        }
    };
}

wrongs! {
    Refused "refused" "it cannot be loaded" "build it against the world stocktake:collector/collector and import nothing else"
    MisdescribesItself "misdescribes-itself" "its description is invalid" "correct what `describe` returns"
    Traps "traps" "it trapped" "return a summary with an error instead of panicking; stderr has the location of the panic"
    NeverEnds "never-ends" "it exceeded its time limit" "bound every loop and wait; when the run is closed, clean up and return at once"
    OverBudget "over-budget" "it exceeded a budget of the run" "return pages as they arrive, free them afterwards, and bound the requests"
    Trespasses "trespasses" "it sent a request that the policy denies" "connect to the endpoint of the request only, with read-only calls; leave the session to the host"
    SmugglesHeaders "smuggles-headers" "it sent headers that only the host may set" "send no header of a session, a proxy or a connection"
    AsksTooEarly "asks-too-early" "it sent something before the request was checked" "check the whole request before anything is sent"
    BreaksTheContract "breaks-the-contract" "the host refused its output" "follow the contract; the message names the rule"
    ClaimsComplete "claims-complete" "it reported an unproved inventory as complete" "set inventory-complete only when the last page was drained, every announced object is accounted for, and there is no error"
    GivesUp "gives-up" "it failed where the inventory can be proved complete" "continue: one malformed object, one lost session or page does not end a run"
    Miscounts "miscounts" "its objects differ from those of the source" "emit each object that the source lists exactly once"
    WrongCode "wrong-code" "it failed with another error code than the contract defines for this case" "use the code of the contract's table"
    Differs "differs" "its response differs from the expected one" "let the response depend on the exchange alone: not on time, chunks, page size, or the order of a hash table"
    AsksOtherwise "asks-otherwise" "its requests differ from the recorded ones" "send the same requests in the same order, or record the case again"
    KeepsTalking "keeps-talking" "its result changed after its end" "keep the summary and return it again"
    LeavesBehind "leaves-behind" "something is left open on the server" "end tokens, views and sessions however the run ends"
    RepeatsALogin "repeats-a-login" "it repeated a refused login" "return VCENTER_AUTH_FAILED at once: repeated logins lock accounts"
    TellsASecret "tells-a-secret" "it disclosed the password or another part of the credential" "never quote a request or its credential, in any encoding"
    Unprintable "unprintable" "a message contains control characters" "replace control characters in what is quoted"
    RunsOn "runs-on" "a message is longer than the limit" "quote no more than a few hundred characters"
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Wrong {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// A finding. Its texts are on one line, without control characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What is wrong.
    pub wrong: Wrong,
    /// Where it was found: a case, an exchange of it, a malformed request.
    pub place: String,
    /// What was expected.
    pub expected: String,
    /// What was found.
    pub came: String,
    /// How the author of the component cures it.
    pub cure: &'static str,
}

/// A finding without its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Deviation {
    pub(crate) wrong: Wrong,
    pub(crate) expected: String,
    pub(crate) came: String,
}

impl Deviation {
    pub(crate) fn new(wrong: Wrong, expected: impl Into<String>, came: impl Into<String>) -> Self {
        Deviation {
            wrong,
            expected: expected.into(),
            came: came.into(),
        }
    }

    pub(crate) fn at(self, place: &str) -> Finding {
        Finding {
            wrong: self.wrong,
            place: shown(place),
            expected: shown(&self.expected),
            came: shown(&self.came),
            cure: self.wrong.cure(),
        }
    }
}

/// Characters of a text.
const SHOWN: usize = 600;

/// Text of a component on one line, without control characters.
fn shown(text: &str) -> String {
    let clean = |character: char| {
        if character.is_control() {
            char::REPLACEMENT_CHARACTER
        } else {
            character
        }
    };
    let mut shown: String = text.chars().take(SHOWN).map(clean).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::{Deviation, Wrong};

    #[test]
    fn every_wrong_has_a_name_and_a_cure_of_its_own() {
        for (nth, wrong) in Wrong::ALL.iter().enumerate() {
            let same =
                |other: &&Wrong| other.name() == wrong.name() || other.cure() == wrong.cure();
            assert_eq!(Wrong::ALL.iter().filter(same).count(), 1, "{wrong} ({nth})");
            let is_kebab = |c: char| c.is_ascii_lowercase() || c == '-';
            assert!(wrong.name().chars().all(is_kebab), "{wrong}");
        }
    }

    #[test]
    fn what_a_component_said_steers_no_terminal() {
        let said = "\u{1b}[2J\nforged".to_owned() + &"x".repeat(10_000);
        let finding = Deviation::new(Wrong::Traps, "a summary", said).at("a\rcase");
        for text in [&finding.place, &finding.came] {
            assert!(!text.chars().any(char::is_control), "{text:?}");
        }
        assert!(finding.came.chars().count() < 700);
    }
}
