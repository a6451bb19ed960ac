//! Discloses the request that it was given, with its password, in every spelling.

use serde_json::{Value, json};

use crate::bindings::exports::stocktake::collector::inventory::{Detection, Pulled};
use crate::bindings::wasi::cli::stderr::get_stderr;
use crate::run::{Run, asset_with, inventory, warning};

/// The password as it is, and as JSON, XML and URLs spell it.
fn spellings(run: &Run) -> Vec<String> {
    let password = run.password();
    let json = Value::from(password).to_string();
    let each = |spell: &dyn Fn(u32) -> String| {
        let spelled = password.chars().map(|character| {
            if character.is_ascii_alphanumeric() {
                character.to_string()
            } else {
                spell(character.into())
            }
        });
        spelled.collect::<String>()
    };
    let names = [
        ("&", "&amp;"),
        ("<", "&lt;"),
        (">", "&gt;"),
        ("\"", "&quot;"),
        ("'", "&apos;"),
    ];
    let named = names.iter().fold(password.to_owned(), |text, (from, to)| {
        text.replace(from, to)
    });
    vec![
        password.to_owned(),
        json.trim_matches('"').to_owned(),
        named,
        each(&|code| format!("&#{code};")),
        each(&|code| format!("&#x{code:x};")),
        percent(password, |byte| format!("%{byte:02X}")),
        percent(password, |byte| format!("%{byte:02x}")),
        run.text.clone(),
    ]
}

fn percent(password: &str, spell: impl Fn(u8) -> String) -> String {
    let spelled = password.bytes().map(|byte| {
        if byte.is_ascii_alphanumeric() {
            char::from(byte).to_string()
        } else {
            spell(byte)
        }
    });
    spelled.collect()
}

pub(crate) fn to_stderr(text: &str) {
    let stderr = get_stderr();
    for piece in text.as_bytes().chunks(4096) {
        // Nothing can be reported when this fails.
        let _ = stderr.blocking_write_and_flush(piece);
    }
}

pub(crate) fn in_errors(run: &mut Run) -> Pulled {
    let text = spellings(run).join(" ");
    to_stderr(&text);
    let mut summary = run.failure("VCENTER_NETWORK_ERROR", &text);
    for error in &mut summary.errors {
        error.redacted_context = Some(json!({"disclosed": {"again": [text]}}).to_string());
    }
    summary.detection = Some(Detection {
        target_version: text.clone(),
        capabilities: json!({"build": text}).to_string(),
        driver: text.clone(),
        recommended_preferred_version: text.clone(),
    });
    for kind in &mut summary.evidence.kinds {
        kind.missing_privileges.push(text.clone());
    }
    let mut unknown = summary.errors[0].clone();
    unknown.code.clone_from(&text);
    summary.errors.push(unknown);
    Pulled::Summary(summary)
}

pub(crate) fn in_warnings(run: &mut Run) -> Pulled {
    let mut lines = inventory();
    lines.extend(spellings(run).iter().map(|message| warning(message)));
    // A spelling that no search of the text would find.
    let escaped: String = run
        .password()
        .chars()
        .map(|c| format!("\\u{:04x}", u32::from(c)))
        .collect();
    lines.push(warning("MARK").replace("MARK", &escaped));
    run.page_then_summary(&lines)
}

pub(crate) fn in_assets(run: &mut Run) -> Pulled {
    let mut lines = inventory();
    lines[0] = asset_with("vm", "vm-1", &json!({"annotation": run.password()}));
    run.page_then_summary(&lines)
}
