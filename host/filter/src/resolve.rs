//! From what is written to what is meant: names become fields, values get their types.

use time::OffsetDateTime;

use crate::catalogue::{Catalogue, Field, Type};
use crate::condition::{Condition, Operand, Order, Test};
use crate::error::{ErrorKind, Problem, quoted, shown};
use crate::moment::Moments;
use crate::pattern::Pattern;
use crate::suggest::did_you_mean;
use crate::syntax::{Comparison, Expression, Literal, Operator, Path, Predicate};
use crate::unit::parse_plain;

/// What truth is called, in any case.
const BOOLEANS: [(&str, bool); 4] = [
    ("true", true),
    ("false", false),
    ("yes", true),
    ("no", false),
];

/// The field that a name means.
pub(crate) fn field<C: Catalogue>(
    catalogue: &C,
    path: &Path,
) -> Result<Field<C::Binding>, Problem> {
    catalogue.field(path.segments()).ok_or_else(|| {
        let written = path.segments().join(".");
        Problem::new(
            ErrorKind::UnknownField,
            &path.span(),
            format!("unknown field {}", quoted(&written)),
        )
        .with_help(did_you_mean(&written, catalogue.names()))
    })
}

/// Resolves a filter against a catalogue and a moment that is now.
pub(crate) struct Resolver<'c, C> {
    pub(crate) catalogue: &'c C,
    pub(crate) now: OffsetDateTime,
}

impl<C: Catalogue> Resolver<'_, C> {
    pub(crate) fn condition(&self, filter: &Expression) -> Result<Condition<C::Binding>, Problem> {
        let all = |operands: &[Expression]| -> Result<Vec<_>, _> {
            operands
                .iter()
                .map(|operand| self.condition(operand))
                .collect()
        };
        Ok(match filter {
            Expression::Or(operands) => Condition::Any(all(operands)?),
            Expression::And(operands) => Condition::All(all(operands)?),
            Expression::Not(operand) => Condition::Not(Box::new(self.condition(operand)?)),
            Expression::Comparison(comparison) => self.comparison(comparison)?,
        })
    }

    fn comparison(&self, comparison: &Comparison) -> Result<Condition<C::Binding>, Problem> {
        let path = &comparison.path;
        let field = field(self.catalogue, path)?;
        let subject = Subject {
            path,
            value_type: field.value_type,
            now: self.now,
        };
        let (negated, test) = match &comparison.predicate {
            Predicate::Present => (false, Test::Present),
            Predicate::Holds => (false, subject.truth()?),
            Predicate::In(values) => (false, subject.one_of(values)?),
            Predicate::NotIn(values) => (true, subject.one_of(values)?),
            Predicate::Compare(operator, value) => subject.compare(*operator, value)?,
        };
        let exists = Condition::Exists(field, test);
        Ok(if negated {
            Condition::Not(Box::new(exists))
        } else {
            exists
        })
    }
}

/// The field of a comparison.
struct Subject<'p> {
    path: &'p Path,
    value_type: Type,
    now: OffsetDateTime,
}

impl Subject<'_> {
    fn compare(&self, operator: Operator, value: &Literal) -> Result<(bool, Test), Problem> {
        let equal = || self.one_of(std::slice::from_ref(value));
        let ordered = |order| self.ordered(operator, order, value);
        Ok(match operator {
            Operator::Equal => (false, equal()?),
            Operator::NotEqual => (true, equal()?),
            Operator::Matches => (false, self.matches(operator, value)?),
            Operator::NotMatches => (true, self.matches(operator, value)?),
            Operator::Less => (false, ordered(Order::Less)?),
            Operator::LessOrEqual => (false, ordered(Order::LessOrEqual)?),
            Operator::Greater => (false, ordered(Order::Greater)?),
            Operator::GreaterOrEqual => (false, ordered(Order::GreaterOrEqual)?),
        })
    }

    fn truth(&self) -> Result<Test, Problem> {
        match self.value_type {
            Type::Boolean => Ok(Test::OneOf(vec![Operand::Boolean(true)])),
            _ => Err(self
                .refused(ErrorKind::Operator, "alone is no condition".to_owned())
                .with_help(format!("compare it, or write `has {}`", self.name()))),
        }
    }

    fn one_of(&self, values: &[Literal]) -> Result<Test, Problem> {
        let operands: Result<_, _> = values.iter().map(|value| self.operand(value)).collect();
        operands.map(Test::OneOf)
    }

    fn ordered(&self, operator: Operator, order: Order, value: &Literal) -> Result<Test, Problem> {
        let unordered = |what: &str| {
            let message = format!(
                "is {what} and not ordered: `{}` does not apply",
                operator.as_str()
            );
            self.refused(ErrorKind::Operator, message)
                .with_help("compare it by = or !=".to_owned())
        };
        let operand = match self.value_type {
            Type::Text | Type::Choice(_) => {
                return Err(unordered("text").with_help("compare it by =, != or ~".to_owned()));
            }
            Type::Boolean => return Err(unordered("true or false")),
            // Values that are numbers are ordered.
            Type::Scalar => parse_plain(value.text())
                .map(Operand::Number)
                .map_err(|refused| self.unfit(value, refused))?,
            Type::Version | Type::Number | Type::Quantity(_) | Type::Time => self.operand(value)?,
        };
        Ok(Test::Ordered(order, operand))
    }

    fn matches(&self, operator: Operator, value: &Literal) -> Result<Test, Problem> {
        match self.value_type {
            Type::Text | Type::Choice(_) | Type::Version | Type::Scalar => {
                Ok(Test::Matches(Pattern::new(value.text())))
            }
            Type::Number | Type::Quantity(_) | Type::Boolean | Type::Time => {
                let message = format!("is not text: `{}` does not apply", operator.as_str());
                Err(self
                    .refused(ErrorKind::Operator, message)
                    .with_help("compare it by =, !=, < or >".to_owned()))
            }
        }
    }

    fn operand(&self, value: &Literal) -> Result<Operand, Problem> {
        let text = value.text();
        let operand = match self.value_type {
            Type::Text => Ok(Operand::Text(text.to_owned())),
            Type::Choice(choices) => choice(choices, text).map(Operand::Text),
            Type::Version => Ok(Operand::Version(text.to_owned())),
            Type::Number => parse_plain(text).map(Operand::Number),
            Type::Quantity(unit) => {
                let last = self.path.segments().last().map(|s| s.to_ascii_lowercase());
                let unit_is_named = last.is_some_and(|name| name.ends_with(unit.suffix()));
                unit.parse(text, unit_is_named).map(Operand::Number)
            }
            Type::Boolean => boolean(text).map(Operand::Boolean),
            Type::Time => Moments::parse(text, self.now).map(Operand::Time),
            Type::Scalar => Ok(Operand::Scalar {
                text: text.to_owned(),
                number: parse_plain(text).ok(),
            }),
        };
        operand.map_err(|refused| self.unfit(value, refused))
    }

    /// The field as written.
    fn name(&self) -> String {
        shown(&self.path.to_string())
    }

    /// The mistake of a value that does not fit the field.
    fn unfit(&self, value: &Literal, (what, help): (String, Option<String>)) -> Problem {
        let message = format!("`{}`: {} {what}", self.name(), quoted(value.text()));
        Problem::new(ErrorKind::Value, &value.span(), message).with_help(help)
    }

    /// The mistake of an operator that does not fit the field.
    fn refused(&self, kind: ErrorKind, what: String) -> Problem {
        Problem::new(kind, &self.path.span(), format!("`{}` {what}", self.name()))
    }
}

fn boolean(text: &str) -> Result<bool, (String, Option<String>)> {
    let known = BOOLEANS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(text));
    known.map(|(_, value)| *value).ok_or_else(|| {
        (
            "is neither true nor false".to_owned(),
            Some("write true or false".to_owned()),
        )
    })
}

/// The choice as it is declared.
fn choice(choices: &[&str], text: &str) -> Result<String, (String, Option<String>)> {
    let known = choices
        .iter()
        .find(|choice| choice.eq_ignore_ascii_case(text));
    known.map(|choice| (*choice).to_owned()).ok_or_else(|| {
        let help = did_you_mean(text, choices.iter().copied())
            .unwrap_or_else(|| format!("its values are {}", choices.join(", ")));
        ("is none of its values".to_owned(), Some(help))
    })
}
