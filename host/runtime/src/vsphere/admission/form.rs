//! The elements that a call may hold, and the check against them.
//!
//! The threat: a body of which a server understands more than was looked at. So
//! every element of a call stands in the form of its method: in this order, this
//! often, with these types and nothing else.

use crate::quote::printable;
use crate::vsphere::operation::{Argument, Operation};

/// Characters of a name or text that a message quotes.
const QUOTED: usize = 100;

/// An element of a call.
#[derive(Debug)]
pub(super) struct Part {
    name: &'static str,
    occurs: Occurs,
    holds: Holds,
}

/// How often an element stands where it belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Occurs {
    Once,
    AtMostOnce,
    AtLeastOnce,
    AnyNumber,
}

/// What an element holds.
#[derive(Debug)]
pub(super) enum Holds {
    /// The id of an object of this type.
    Object(&'static str),
    /// The id of an object of any type, which is looked at elsewhere.
    AnyObject,
    Text,
    /// `true` or `false`.
    Truth,
    /// Digits.
    Number,
    /// Elements.
    Parts(&'static [Part]),
    /// Elements under this `xsi:type`.
    Typed(&'static str, &'static [Part]),
}

impl Part {
    pub(super) const fn once(name: &'static str, holds: Holds) -> Self {
        Part {
            name,
            occurs: Occurs::Once,
            holds,
        }
    }

    pub(super) const fn at_most_once(name: &'static str, holds: Holds) -> Self {
        Part {
            name,
            occurs: Occurs::AtMostOnce,
            holds,
        }
    }

    pub(super) const fn at_least_once(name: &'static str, holds: Holds) -> Self {
        Part {
            name,
            occurs: Occurs::AtLeastOnce,
            holds,
        }
    }

    pub(super) const fn any_number(name: &'static str, holds: Holds) -> Self {
        Part {
            name,
            occurs: Occurs::AnyNumber,
            holds,
        }
    }

    fn is_needed(&self) -> bool {
        matches!(self.occurs, Occurs::Once | Occurs::AtLeastOnce)
    }

    fn repeats(&self) -> bool {
        matches!(self.occurs, Occurs::AtLeastOnce | Occurs::AnyNumber)
    }
}

/// Holds a call against the form of its method.
///
/// # Errors
///
/// What the call has or lacks, as in "with <x> of the type y, which …".
pub(super) fn check(form: &'static [Part], operation: &Operation) -> Result<(), String> {
    check_parts(form, operation.arguments())
}

/// Holds a call of which no form is known against what no call needs.
pub(super) fn check_unknown(operation: &Operation) -> Result<(), String> {
    fn check(argument: Argument<'_>) -> Result<(), String> {
        refuse_call(argument)?;
        let xsi_type = argument.xsi_type().unwrap_or_default();
        if xsi_type.ends_with("RequestType") {
            let (name, xsi_type) = (name(argument), printable(xsi_type, QUOTED));
            return Err(format!(
                "with <{name}> of the type {xsi_type}, a call within the call"
            ));
        }
        argument.inner().try_for_each(check)
    }
    operation.arguments().try_for_each(check)
}

fn check_parts<'o>(
    parts: &'static [Part],
    given: impl Iterator<Item = Argument<'o>>,
) -> Result<(), String> {
    // The part that is due, and how often it was there.
    let (mut due, mut times) = (0, 0);
    for argument in given {
        refuse_call(argument)?;
        let known = parts.iter().position(|part| part.name == argument.name());
        let Some(at) = known else {
            return Err(format!("with <{}>, which it does not take", name(argument)));
        };
        let part = &parts[at];
        if at < due || (at == due && times > 0 && !part.repeats()) {
            return Err(format!(
                "with <{}> too often or out of its order",
                part.name
            ));
        }
        if at > due {
            refuse_lack(&parts[due..at], times)?;
            (due, times) = (at, 0);
        }
        times += 1;
        part.check(argument)?;
    }
    refuse_lack(&parts[due..], times)
}

/// Methods begin with a capital letter, and no argument does.
fn refuse_call(argument: Argument<'_>) -> Result<(), String> {
    let is_call = argument
        .name()
        .starts_with(|first: char| first.is_uppercase());
    if is_call {
        Err(format!("with <{}>, a call within the call", name(argument)))
    } else {
        Ok(())
    }
}

/// Of these parts the first was there so many times, and the others were not.
fn refuse_lack(parts: &[Part], times: usize) -> Result<(), String> {
    let was_there = usize::from(times > 0);
    let lacking = parts.iter().skip(was_there).find(|part| part.is_needed());
    lacking.map_or(Ok(()), |part| Err(format!("without <{}>", part.name)))
}

impl Part {
    fn check(&self, argument: Argument<'_>) -> Result<(), String> {
        let name = self.name;
        let (reference, xsi_type) = match self.holds {
            Holds::Object(_) | Holds::AnyObject => (argument.type_name(), None),
            Holds::Typed(type_name, _) => (None, Some(type_name)),
            Holds::Text | Holds::Truth | Holds::Number | Holds::Parts(_) => (None, None),
        };
        if argument.type_name() != reference || argument.xsi_type() != xsi_type {
            let given = argument.xsi_type().or(argument.type_name());
            let given = given.map_or_else(
                || "without its type".to_owned(),
                |given| {
                    format!(
                        "of the type {}, which it does not take",
                        printable(given, QUOTED)
                    )
                },
            );
            return Err(format!("with <{name}> {given}"));
        }
        match &self.holds {
            Holds::Parts(parts) | Holds::Typed(_, parts) => {
                if !argument.text().is_empty() {
                    return Err(format!("with text in <{name}>"));
                }
                return check_parts(parts, argument.inner());
            }
            _ if argument.inner().next().is_some() => {
                return Err(format!("with elements in <{name}>"));
            }
            _ => {}
        }
        let text = argument.text();
        match self.holds {
            Holds::Object(of) if reference != Some(of) => {
                let given = printable(reference.unwrap_or("none"), QUOTED);
                Err(format!(
                    "with <{name}> of the type {given}, which is not {of}"
                ))
            }
            Holds::AnyObject if reference.is_none() => {
                Err(format!("with <{name}> without its type"))
            }
            Holds::Object(_) | Holds::AnyObject if text.is_empty() => {
                Err(format!("with <{name}> that names no object"))
            }
            Holds::Truth if !matches!(text, "true" | "false") => {
                Err(format!("with <{name}> that is neither true nor false"))
            }
            Holds::Number if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) => {
                Err(format!("with <{name}> that is no number"))
            }
            _ => Ok(()),
        }
    }
}

fn name(argument: Argument<'_>) -> String {
    printable(argument.name(), QUOTED)
}
