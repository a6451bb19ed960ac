//! Text that a spreadsheet can hold and does not run.

use std::borrow::Cow;

use crate::report::Report;

/// UTF-16 code units that a cell holds.
const CELL: usize = 32_767;
/// Ends a text that was cut.
const CUT: &str = " […]";

/// The text without control characters other than tabs and line breaks, cut to what a cell holds.
pub(crate) fn fitted<'t>(text: &'t str, report: &mut Report) -> Cow<'t, str> {
    let mut fitted = Cow::Borrowed(text);
    if fitted.contains(is_unfit) {
        report.cleaned_cells += 1;
        fitted = Cow::Owned(text.replace(is_unfit, "\u{FFFD}"));
    }
    // No character has more code units than bytes.
    if fitted.len() > CELL && fitted.encode_utf16().count() > CELL {
        report.cut_cells += 1;
        let mut room = CELL - CUT.encode_utf16().count();
        let kept = fitted.chars().take_while(|character| {
            let fits = character.len_utf16() <= room;
            room = room.saturating_sub(character.len_utf16());
            fits
        });
        let mut kept: String = kept.collect();
        kept.push_str(CUT);
        fitted = Cow::Owned(kept);
    }
    fitted
}

fn is_unfit(character: char) -> bool {
    match character {
        '\t' | '\n' | '\r' => false,
        '\u{FFFE}' | '\u{FFFF}' => true,
        _ => character.is_control(),
    }
}

/// The text behind an apostrophe if a spreadsheet would run it as a formula.
pub(crate) fn disarmed<'t>(text: Cow<'t, str>, report: &mut Report) -> Cow<'t, str> {
    // Spreadsheets skip white space in front of a formula, and some read full-width signs.
    let begin = text.trim_start().chars().next();
    if !matches!(
        begin,
        Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠')
    ) && !text.starts_with(['\t', '\r'])
    {
        return text;
    }
    report.disarmed_cells += 1;
    Cow::Owned(format!("'{text}"))
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::{CELL, CUT, disarmed, fitted};
    use crate::report::Report;

    #[test]
    fn text_of_just_the_length_of_a_cell_is_kept_and_one_character_more_is_cut() {
        for character in ["a", "ü", "漢", "\u{1F600}"] {
            let units = character.encode_utf16().count();
            let text = character.repeat(CELL / units);
            let mut report = Report::default();
            assert_eq!(fitted(&text, &mut report), text);
            assert_eq!(report.cut_cells, 0);

            let long = format!("{text}{character}");
            let cut = fitted(&long, &mut report);
            assert_eq!(report.cut_cells, 1);
            let kept = cut.strip_suffix(CUT).expect("the mark");
            assert!(text.starts_with(kept));
            let length = cut.encode_utf16().count();
            assert!(length <= CELL && length + units > CELL, "{length}");
        }
    }

    #[test]
    fn control_characters_are_replaced_and_tabs_and_line_breaks_are_kept() {
        let mut report = Report::default();
        let text = "\0a\tb\nc\r\u{1b}d\u{7f}\u{85}\u{ffff}";
        let expected = "\u{fffd}a\tb\nc\r\u{fffd}d\u{fffd}\u{fffd}\u{fffd}";
        assert_eq!(fitted(text, &mut report), expected);
        assert_eq!(report.cleaned_cells, 1);
    }

    #[test]
    fn what_begins_like_a_formula_is_disarmed() {
        let mut report = Report::default();
        let armed = [
            "=1",
            "+1",
            "-1",
            "@A1",
            " =1",
            "\n=1",
            "\t1",
            "\r1",
            "\u{ff1d}1",
        ];
        for text in armed {
            let disarmed = disarmed(Cow::Borrowed(text), &mut report);
            assert_eq!(disarmed, format!("'{text}"));
        }
        assert_eq!(report.disarmed_cells, armed.len() as u64);
        for text in ["", "a=1", "1-2", "'=1", "(=1)"] {
            assert_eq!(disarmed(Cow::Borrowed(text), &mut report), text);
        }
        assert_eq!(report.disarmed_cells, armed.len() as u64);
    }
}
