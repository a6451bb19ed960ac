//! What a component does wrong, by name.

use std::fmt;

use serde::{Serialize, Serializer};

macro_rules! wrongs {
    ($($variant:ident $name:literal $meaning:literal $cure:literal)*) => {
        /// A way of being wrong. Names are never redefined, only added.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Wrong {
            $(#[doc = $meaning] $variant,)*
        }

        impl Wrong {
            /// Every way.
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

            /// What an author does about it.
            #[must_use]
            pub fn cure(self) -> &'static str {
                match self { $(Wrong::$variant => $cure,)* }
            }
        }
    };
}

wrongs! {
    Refused "refused" "it cannot be loaded" "build it against the world stocktake:collector/collector and import nothing else"
    MisdescribesItself "misdescribes-itself" "its description is unsound" "correct what `describe` answers"
    Traps "traps" "it trapped" "answer a summary with an error in place of a panic; stderr takes the place of the panic"
    NeverEnds "never-ends" "it was over its time" "end every loop and wait; when the run is closed, clean up and answer at once"
    OverBudget "over-budget" "it used more than a run may" "hand over pages as they come, drop what was handed over, and bound what is asked for"
    Trespasses "trespasses" "it asked for what no collector may" "ask the endpoint of the request only, by calls that read; leave the session to the host"
    SmugglesHeaders "smuggles-headers" "it sent headers that are not its own to send" "send no header of a session, a proxy or a connection"
    AsksTooEarly "asks-too-early" "it sent something before the request was checked" "check the whole request before anything is sent"
    BreaksTheContract "breaks-the-contract" "the host refused what it said" "say what the contract allows; the message names the rule"
    ClaimsComplete "claims-complete" "it called an inventory whole that is not proved" "set inventory-complete only when the last page was drained, every announced object is accounted for, and there is no error"
    GivesUp "gives-up" "it failed where the inventory can be proved whole" "go on: one odd object, one lost session or page, ends nothing"
    Miscounts "miscounts" "it answered other objects than there are" "emit each object that the source lists exactly once"
    WrongCode "wrong-code" "it failed by another error than the contract has for this" "answer the code of the contract's table"
    Differs "differs" "it answered other bytes than it must" "let the response depend on the exchange alone: not on time, chunks, page size, or the order of a hash table"
    AsksOtherwise "asks-otherwise" "it asked for less or other than was recorded" "send the same requests in the same order, or record the case again"
    KeepsTalking "keeps-talking" "it answered something else after its end" "keep the summary and answer it again"
    LeavesBehind "leaves-behind" "something is left on the server" "end tokens, views and sessions however the run ends"
    RepeatsALogin "repeats-a-login" "it tried a refused login again" "answer VCENTER_AUTH_FAILED at once: repetitions lock accounts"
    TellsASecret "tells-a-secret" "it told the password or another part of the credential" "never quote a request or its credential, in whatever encoding"
    Unprintable "unprintable" "a message holds control characters" "replace control characters in what is quoted"
    RunsOn "runs-on" "a message is longer than is told" "quote no more than a few hundred characters"
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

/// One thing that is wrong. Its texts are on one line and free of control characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What is wrong.
    pub wrong: Wrong,
    /// Where it showed: a case, an exchange of it, a malformed request.
    pub place: String,
    /// What should have come.
    pub expected: String,
    /// What came.
    pub came: String,
    /// What an author does about it.
    pub cure: &'static str,
}

/// A finding whose place is not told yet.
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

/// Text of a component on one line that cannot steer a terminal.
fn shown(text: &str) -> String {
    let clean = |character: char| match character.is_control() {
        true => char::REPLACEMENT_CHARACTER,
        false => character,
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
