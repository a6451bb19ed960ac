//! Words, quotes, names and values: what the three grammars have in common.

use std::ops::Range;

use winnow::LocatingSlice;
use winnow::ascii::Caseless;
use winnow::combinator::{alt, not, opt, peek, preceded, repeat, terminated};
use winnow::error::{ErrMode, ParserError};
use winnow::prelude::*;
use winnow::stream::{Location as _, Stream};
use winnow::token::{any, one_of, take_while};

use crate::error::{ErrorKind, Problem, quoted};
use crate::syntax::{Literal, Path};

pub(crate) type Input<'i> = LocatingSlice<&'i str>;
pub(crate) type Parsed<T> = Result<T, ErrMode<Problem>>;

/// Words of the grammar; as a name or a value each is written in quotes.
const RESERVED: [&str; 6] = ["and", "or", "not", "in", "has", "as"];
/// Characters that end a word.
const DELIMITERS: &str = "(),\"'=<>!~&|\\^${};`";

/// The cure of characters that a regular expression would have.
pub(crate) const NO_REGEX: &str = "a value with this character is written in quotes; patterns know * and ?, not regular expressions";

impl<'i> ParserError<Input<'i>> for Problem {
    type Inner = Self;

    fn from_input(input: &Input<'i>) -> Self {
        // Made for each alternative that is tried and left, so it must be cheap; what is reported is made by `expected`.
        let start = input.current_token_start();
        Self::new(ErrorKind::Syntax, &(start..start), "unexpected text")
    }

    fn into_inner(self) -> Result<Self::Inner, Self> {
        Ok(self)
    }
}

/// The mistake that something else stands here.
pub(crate) fn expected(input: &Input<'_>, what: &str) -> Problem {
    let span = next(input);
    let rest = input.peek_finish();
    let found = match rest.get(..span.len()) {
        Some("") | None => "the end".to_owned(),
        Some(found) => quoted(found),
    };
    Problem::new(
        ErrorKind::Syntax,
        &span,
        format!("expected {what}, found {found}"),
    )
}

/// Where the next word, quoted text or symbol is; empty at the end.
fn next(input: &Input<'_>) -> Range<usize> {
    let start = input.current_token_start();
    let rest = input.peek_finish();
    let word = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
    let length = match rest.chars().next() {
        Some(_) if word > 0 => word,
        Some(quote @ ('"' | '\'')) => match rest[1..].find(quote) {
            Some(closing) => closing + 2,
            None => rest.len(),
        },
        Some(other) => other.len_utf8(),
        None => 0,
    };
    start..start + length
}

pub(crate) fn is_reserved(word: &str) -> bool {
    RESERVED
        .iter()
        .any(|reserved| reserved.eq_ignore_ascii_case(word))
}

/// Whether a name of this text needs no quotes.
pub(crate) fn is_bare_segment(text: &str) -> bool {
    text.chars().all(is_segment) && text.starts_with(is_segment_start)
}

/// Whether a value of this text needs no quotes.
pub(crate) fn is_bare_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_word)
}

fn is_segment_start(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

fn is_segment(character: char) -> bool {
    is_segment_start(character) || character == '-'
}

fn is_word(character: char) -> bool {
    !character.is_whitespace() && !character.is_control() && !DELIMITERS.contains(character)
}

pub(crate) fn blank(input: &mut Input<'_>) -> Parsed<()> {
    take_while(0.., char::is_whitespace)
        .void()
        .parse_next(input)
}

/// A symbol and the blanks after it.
pub(crate) fn symbol<'i>(text: &'static str) -> impl Parser<Input<'i>, (), ErrMode<Problem>> {
    terminated(text.void(), blank)
}

/// A reserved word, in any case, and the blanks after it.
pub(crate) fn keyword<'i>(word: &'static str) -> impl Parser<Input<'i>, (), ErrMode<Problem>> {
    let end = not(one_of(|c: char| is_segment(c) || c == '.'));
    terminated((Caseless(word), end).void(), blank)
}

/// The name of a field and the blanks after it.
pub(crate) fn path(input: &mut Input<'_>) -> Parsed<Path> {
    let reserved: Option<&str> = peek(opt(bare_segment)).parse_next(input)?;
    let keyword_ends = |rest: &str, word: &str| !rest[word.len()..].starts_with('.');
    if let Some(word) = reserved
        && is_reserved(word)
        && keyword_ends(input.peek_finish(), word)
    {
        return Err(ErrMode::Cut(
            expected(input, "a field")
                .with_help(format!("a field of this name is written \"{word}\"")),
        ));
    }
    let (segments, span) = (segment, repeat(0.., preceded('.', segment)))
        .map(|(first, mut rest): (String, Vec<String>)| {
            rest.insert(0, first);
            rest
        })
        .with_span()
        .parse_next(input)?;
    blank(input)?;
    Ok(Path::at(segments, span))
}

fn segment(input: &mut Input<'_>) -> Parsed<String> {
    if input.peek_finish().starts_with(['"', '\'']) {
        return quoted_text(input);
    }
    match opt(bare_segment).parse_next(input)? {
        Some(name) => Ok(name.to_owned()),
        None => Err(ErrMode::Cut(expected(input, "a field"))),
    }
}

fn bare_segment<'i>(input: &mut Input<'i>) -> Parsed<&'i str> {
    (one_of(is_segment_start), take_while(0.., is_segment))
        .take()
        .parse_next(input)
}

/// A value and the blanks after it.
pub(crate) fn value(input: &mut Input<'_>) -> Parsed<Literal> {
    let (text, span) = if input.peek_finish().starts_with(['"', '\'']) {
        quoted_text.with_span().parse_next(input)?
    } else {
        words.with_span().parse_next(input)?
    };
    blank(input)?;
    Ok(Literal::at(text, span))
}

/// One word, or what is written in several without quotes: `16 GiB` and `now - 90d`.
fn words(input: &mut Input<'_>) -> Parsed<String> {
    let Some(first) = opt(word).parse_next(input)? else {
        return Err(ErrMode::Cut(missing_value(input)));
    };
    let follows = if first
        .strip_prefix(['+', '-'])
        .unwrap_or(first)
        .chars()
        .all(|c| c.is_ascii_digit() || c == '.')
    {
        opt(preceded(blank, unit))
            .map(|unit| unit.map(|unit| format!(" {unit}")))
            .parse_next(input)?
    } else if ["now", "today"]
        .iter()
        .any(|now| now.eq_ignore_ascii_case(first))
    {
        opt(preceded(blank, distance)).parse_next(input)?
    } else {
        None
    };
    Ok(format!("{first}{}", follows.unwrap_or_default()))
}

fn word<'i>(input: &mut Input<'i>) -> Parsed<&'i str> {
    let start = input.checkpoint();
    let word: &str = take_while(1.., is_word).parse_next(input)?;
    if is_reserved(word) {
        input.reset(&start);
        return Err(ErrMode::from_input(input));
    }
    Ok(word)
}

fn unit<'i>(input: &mut Input<'i>) -> Parsed<&'i str> {
    word.verify(|word: &str| word.chars().all(char::is_alphabetic))
        .parse_next(input)
}

/// `-90d`, also in two words.
fn distance(input: &mut Input<'_>) -> Parsed<String> {
    let sign = one_of(['+', '-']).parse_next(input)?;
    blank(input)?;
    let length = word.parse_next(input)?;
    Ok(format!("{sign}{length}"))
}

fn missing_value(input: &Input<'_>) -> Problem {
    let rest = input.peek_finish();
    let reserved = peek(opt(take_while::<_, _, ErrMode<Problem>>(1.., is_word)))
        .parse_next(&mut input.clone())
        .ok()
        .flatten();
    let help = match rest.chars().next() {
        Some('=' | '<' | '>' | '~') => {
            Some("the operators are =, !=, <, <=, >, >=, ~ and !~".to_owned())
        }
        Some('(') => Some("several values are written `in (…)`".to_owned()),
        Some('^' | '\\' | '$' | '{' | '|') => Some(NO_REGEX.to_owned()),
        _ => reserved.map(|word| format!("a value of this text is written \"{word}\"")),
    };
    expected(input, "a value").with_help(help)
}

/// Text in double or single quotes.
fn quoted_text(input: &mut Input<'_>) -> Parsed<String> {
    let opening = input.current_token_start();
    let quote = one_of(['"', '\'']).parse_next(input)?;
    let mut text = String::new();
    loop {
        let plain: &str = take_while(0.., |c: char| c != quote && c != '\\').parse_next(input)?;
        text.push_str(plain);
        match opt(any).parse_next(input)? {
            Some('\\') => text.push(escaped(input)?),
            Some(_) => return Ok(text),
            None => {
                return Err(ErrMode::Cut(
                    Problem::new(
                        ErrorKind::Syntax,
                        &(opening..opening + 1),
                        "the quoted text does not end",
                    )
                    .with_help(format!("it ends with {quote}")),
                ));
            }
        }
    }
}

/// What a backslash stands for; the backslash has been read.
fn escaped(input: &mut Input<'_>) -> Parsed<char> {
    let start = input.current_token_start() - 1;
    let known = opt(alt((
        one_of(['"', '\'', '\\']),
        'n'.value('\n'),
        'r'.value('\r'),
        't'.value('\t'),
        (
            "u{",
            take_while(1..=6, |c: char| c.is_ascii_hexdigit()),
            '}',
        )
            .verify_map(|(_, digits, _)| char::from_u32(u32::from_str_radix(digits, 16).ok()?)),
    )))
    .parse_next(input)?;
    known.ok_or_else(|| {
        let length = input.peek_finish().chars().next().map_or(0, char::len_utf8);
        let problem = Problem::new(
            ErrorKind::Syntax,
            &(start..start + 1 + length),
            "unknown escape sequence",
        );
        ErrMode::Cut(
            problem.with_help(
                "a backslash is written \\\\; the others are \\\" \\' \\n \\r \\t and \\u{…}"
                    .to_owned(),
            ),
        )
    })
}
