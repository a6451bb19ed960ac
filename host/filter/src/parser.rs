//! The grammar of filters.

use winnow::combinator::{alt, cut_err, not, opt, peek, preceded, repeat, separated, terminated};
use winnow::error::ErrMode;
use winnow::prelude::*;
use winnow::stream::Location as _;

use crate::error::{ErrorKind, Problem, shown};
use crate::lexical::{Input, NO_REGEX, Parsed, blank, expected, keyword, path, symbol, value};
use crate::syntax::{Comparison, Expression, Operator, Predicate};
use crate::{MAX_DEPTH, MAX_LENGTH};

/// Parses a whole text by one of the grammars.
pub(crate) fn whole<'i, T>(
    text: &'i str,
    what: &str,
    grammar: impl FnOnce(&mut Input<'i>) -> Parsed<T>,
    end: impl FnOnce(&Input<'i>) -> Problem,
) -> Result<T, Problem> {
    if text.len() > MAX_LENGTH {
        let message = format!(
            "the {what} has {} bytes, of {MAX_LENGTH} allowed",
            text.len()
        );
        return Err(Problem::new(ErrorKind::Limit, &(0..0), message));
    }
    let mut input = Input::new(text);
    let read = || {
        blank(&mut input)?;
        if input.peek_finish().is_empty() {
            let message = format!("the {what} is empty");
            let problem = Problem::new(ErrorKind::Syntax, &(0..0), message);
            return Err(ErrMode::Cut(problem));
        }
        let parsed = grammar(&mut input)?;
        if input.peek_finish().is_empty() {
            Ok(parsed)
        } else {
            Err(ErrMode::Cut(end(&input)))
        }
    };
    read().map_err(|error: ErrMode<Problem>| match error {
        ErrMode::Cut(problem) | ErrMode::Backtrack(problem) => problem,
        // Of partial input only, which text is not.
        ErrMode::Incomplete(_) => Problem::new(ErrorKind::Syntax, &(0..0), "unfinished"),
    })
}

/// Parses a filter.
pub(crate) fn filter(text: &str) -> Result<Expression, Problem> {
    whole(
        text,
        "filter",
        |input| disjunction(input, 0),
        |input| after_expression(text, input),
    )
}

fn disjunction(input: &mut Input<'_>, depth: usize) -> Parsed<Expression> {
    let operand = |input: &mut Input<'_>| conjunction(input, depth);
    let operator = alt((keyword("or"), symbol("||")));
    operands(input, operand, operator, Expression::Or)
}

fn conjunction(input: &mut Input<'_>, depth: usize) -> Parsed<Expression> {
    let operand = |input: &mut Input<'_>| negation(input, depth);
    let operator = alt((keyword("and"), symbol("&&")));
    operands(input, operand, operator, Expression::And)
}

/// One operand, or several with an operator between them.
fn operands<'i>(
    input: &mut Input<'i>,
    operand: impl Fn(&mut Input<'i>) -> Parsed<Expression>,
    operator: impl Parser<Input<'i>, (), ErrMode<Problem>>,
    join: impl FnOnce(Vec<Expression>) -> Expression,
) -> Parsed<Expression> {
    let first = operand(input)?;
    let rest: Vec<Expression> =
        repeat(0.., preceded(operator, cut_err(operand))).parse_next(input)?;
    if rest.is_empty() {
        return Ok(first);
    }
    let mut all = vec![first];
    all.extend(rest);
    Ok(join(all))
}

fn negation(input: &mut Input<'_>, depth: usize) -> Parsed<Expression> {
    let bang = terminated(("!", not(alt(('=', '~')))).void(), blank);
    let start = input.checkpoint();
    if opt(alt((keyword("not"), bang)))
        .parse_next(input)?
        .is_some()
    {
        let depth = deeper(input, &start, depth)?;
        let operand = cut_err(|input: &mut Input<'_>| negation(input, depth)).parse_next(input)?;
        return Ok(Expression::Not(Box::new(operand)));
    }
    primary(input, depth)
}

fn primary(input: &mut Input<'_>, depth: usize) -> Parsed<Expression> {
    let start = input.checkpoint();
    let opening = input.current_token_start();
    if opt(symbol("(")).parse_next(input)?.is_none() {
        return comparison(input).map(Expression::Comparison);
    }
    let depth = deeper(input, &start, depth)?;
    let inner = cut_err(|input: &mut Input<'_>| disjunction(input, depth)).parse_next(input)?;
    if opt(symbol(")")).parse_next(input)?.is_some() {
        return Ok(inner);
    }
    Err(ErrMode::Cut(if input.peek_finish().is_empty() {
        Problem::new(
            ErrorKind::Syntax,
            &(opening..opening + 1),
            "the parenthesis is not closed",
        )
    } else {
        after_operand(input, "`and`, `or` or `)`")
    }))
}

/// The depth inside of what begins at `start`.
fn deeper<'i>(
    input: &mut Input<'i>,
    start: &<Input<'i> as winnow::stream::Stream>::Checkpoint,
    depth: usize,
) -> Parsed<usize> {
    if depth < MAX_DEPTH {
        return Ok(depth + 1);
    }
    input.reset(start);
    let at = input.current_token_start();
    let message = format!("parentheses and `not` are nested deeper than {MAX_DEPTH}");
    Err(ErrMode::Cut(Problem::new(
        ErrorKind::Limit,
        &(at..at + 1),
        message,
    )))
}

fn comparison(input: &mut Input<'_>) -> Parsed<Comparison> {
    if opt(keyword("has")).parse_next(input)?.is_some() {
        let path = path(input)?;
        let predicate = Predicate::Present;
        return Ok(Comparison { path, predicate });
    }
    let path = path(input)?;
    let predicate = predicate(input)?;
    Ok(Comparison { path, predicate })
}

fn predicate(input: &mut Input<'_>) -> Parsed<Predicate> {
    if let Some(operator) = opt(operator).parse_next(input)? {
        return Ok(Predicate::Compare(operator, value(input)?));
    }
    if opt(keyword("in")).parse_next(input)?.is_some() {
        return list(input).map(Predicate::In);
    }
    if opt((keyword("not"), keyword("in")))
        .parse_next(input)?
        .is_some()
    {
        return list(input).map(Predicate::NotIn);
    }
    let ends = alt((
        keyword("and"),
        keyword("or"),
        symbol("&&"),
        symbol("||"),
        symbol(")"),
        winnow::combinator::eof.void(),
    ));
    if peek(opt(ends)).parse_next(input)?.is_some() {
        return Ok(Predicate::Holds);
    }
    Err(ErrMode::Cut(missing_operator(input)))
}

fn operator(input: &mut Input<'_>) -> Parsed<Operator> {
    let operator = alt((
        alt(("==", "=")).value(Operator::Equal),
        alt(("!=", "<>")).value(Operator::NotEqual),
        "!~".value(Operator::NotMatches),
        "<=".value(Operator::LessOrEqual),
        "<".value(Operator::Less),
        ">=".value(Operator::GreaterOrEqual),
        ">".value(Operator::Greater),
        "~".value(Operator::Matches),
    ));
    terminated(operator, blank).parse_next(input)
}

fn list(input: &mut Input<'_>) -> Parsed<Vec<crate::syntax::Literal>> {
    if opt(symbol("(")).parse_next(input)?.is_none() {
        let help = "the values are written `(a, b, c)`".to_owned();
        return Err(ErrMode::Cut(expected(input, "`(`").with_help(help)));
    }
    let values = separated(1.., value, symbol(",")).parse_next(input)?;
    if opt(symbol(")")).parse_next(input)?.is_none() {
        return Err(ErrMode::Cut(expected(input, "`,` or `)`")));
    }
    Ok(values)
}

/// No operator follows a field.
fn missing_operator(input: &Input<'_>) -> Problem {
    let rest = input.peek_finish().to_ascii_lowercase();
    let begins = |words: &[&str]| words.iter().any(|word| rest.starts_with(word));
    let help = if begins(&["like", "contains", "matches", "starts", "ends", ":"]) {
        Some("a pattern is written `name ~ \"web-*\"`")
    } else if begins(&["is", "exists"]) {
        Some("`has field` holds when there is a value, `not has field` when there is none")
    } else if begins(&["between"]) {
        Some("a range is written `field >= a and field <= b`")
    } else {
        None
    };
    expected(input, "an operator (=, !=, <, <=, >, >=, ~, !~, in)")
        .with_help(help.map(str::to_owned))
}

/// What follows the filter does not belong to it.
fn after_expression(text: &str, input: &Input<'_>) -> Problem {
    let problem = after_operand(input, "`and`, `or` or the end");
    let rest = input.peek_finish();
    if rest.starts_with(')') {
        return problem.with_help("no parenthesis is open".to_owned());
    }
    if rest.starts_with(['^', '$', '\\', '{', '|']) {
        return problem.with_help(NO_REGEX.to_owned());
    }
    // `name = web 01`: the words before and after the place.
    let word = rest.split(char::is_whitespace).next().unwrap_or_default();
    let before = text[..input.current_token_start()].trim_end();
    let value = before
        .rsplit(|c: char| c.is_whitespace() || "=<>~(),\"'".contains(c))
        .next()
        .unwrap_or_default();
    if !value.is_empty() && word.starts_with(char::is_alphanumeric) {
        return problem.with_help(format!(
            "text with spaces is written in quotes: \"{}\"",
            shown(&format!("{value} {word}"))
        ));
    }
    problem
}

fn after_operand(input: &Input<'_>, what: &str) -> Problem {
    let help = input
        .peek_finish()
        .starts_with(',')
        .then(|| "several values are written `in (a, b, c)`".to_owned());
    expected(input, what).with_help(help)
}
