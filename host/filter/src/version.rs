//! The order of versions.

/// A text for a version such that texts compare, byte by byte, as the versions do: runs of digits compare as numbers, everything
/// else as text without regard to ASCII case.
///
/// A database that stores the key beside the version orders as the filter does.
///
/// ```
/// use stocktake_filter::version_key;
///
/// assert!(version_key("8.0.3") < version_key("10.0"));
/// assert!(version_key("vmx-9") < version_key("vmx-19"));
/// assert!(version_key("8") < version_key("8.0"));
/// assert_eq!(version_key("8.01"), version_key("8.1"));
/// ```
#[must_use]
pub fn version_key(version: &str) -> String {
    let mut key = String::with_capacity(version.len() + 8);
    let mut rest = version;
    while let Some(first) = rest.chars().next() {
        if !first.is_ascii_digit() {
            key.push(first.to_ascii_lowercase());
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let end = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        let number = run.trim_start_matches('0');
        // The count of digits first: a longer number is a greater one.
        key.push_str(&format!("{:04}", number.len().min(9999)));
        key.push_str(number);
        rest = after;
    }
    key
}
