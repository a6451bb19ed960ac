//! Messages about a request with the names of options in place of its paths.

/// The part of a request that options set.
const CONFIG: &str = "source.config.";
/// Paths whose option has another name than their key.
const NAMED_OTHERWISE: [(&str, &str); 8] = [
    (
        "source.config.inventory_scope.datacenter_names",
        "--scope-datacenter",
    ),
    (
        "source.config.inventory_scope.cluster_names",
        "--scope-cluster",
    ),
    (
        "source.config.inventory_scope.folder_paths",
        "--scope-folder",
    ),
    (
        "source.config.inventory_scope",
        "--scope-datacenter, --scope-cluster or --scope-folder",
    ),
    (
        "source.config.preferred_vcenter_version",
        "--preferred-version",
    ),
    ("source.credential.username", "--username"),
    (
        "source.credential",
        "--username and --password-file or --password-env",
    ),
    ("request.mode", "--mode"),
];

/// The message with an option in place of each path of the request.
pub(crate) fn in_options(message: &str) -> String {
    let mut reworded = message.to_owned();
    for (path, option) in NAMED_OTHERWISE {
        reworded = reworded.replace(path, option);
    }
    let mut parts = reworded.split(CONFIG);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_key = |character: char| character.is_ascii_lowercase() || character == '_';
        let end = part.find(|character| !is_key(character));
        let (key, rest) = part.split_at(end.unwrap_or(part.len()));
        match key {
            "" => text += CONFIG,
            key => text += &format!("--{}", key.replace('_', "-")),
        }
        text += rest;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::in_options;

    #[test]
    fn paths_of_the_request_become_options() {
        for (path, option) in [
            (
                "source.config.endpoint is not a URL",
                "--endpoint is not a URL",
            ),
            (
                r#"source.config.inventory_scope.cluster_names holds "a", which matches nothing"#,
                r#"--scope-cluster holds "a", which matches nothing"#,
            ),
            (
                "set source.config.preferred_vcenter_version to 7.0-8.x",
                "set --preferred-version to 7.0-8.x",
            ),
            (
                "allow an empty inventory with source.config.allow_empty.",
                "allow an empty inventory with --allow-empty.",
            ),
            (
                "widen source.config.inventory_scope",
                "widen --scope-datacenter, --scope-cluster or --scope-folder",
            ),
            (
                "source.config must be an object",
                "source.config must be an object",
            ),
            ("no path", "no path"),
        ] {
            assert_eq!(in_options(path), option);
        }
    }
}
