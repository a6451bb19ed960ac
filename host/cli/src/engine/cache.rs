//! Where compiled code is cached.

use std::ffi::OsString;
use std::path::PathBuf;

/// The directory that the environment names: `STOCKTAKE_CACHE_DIR`, where an empty one
/// means none, else a folder of the user's cache directory; none where there is no such directory.
pub(super) fn directory(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    if let Some(chosen) = variable("STOCKTAKE_CACHE_DIR") {
        return (!chosen.is_empty()).then(|| chosen.into());
    }
    // The XDG specification has relative paths ignored.
    let absolute = |name| {
        let folder = variable(name).map(PathBuf::from);
        folder.filter(|folder| folder.is_absolute())
    };
    let caches = absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(".cache")))?;
    Some(caches.join("stocktake/compiled"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::directory;

    #[test]
    fn the_directory_is_the_chosen_one_or_lies_in_the_users_caches() {
        type Case<'a> = (&'a [(&'a str, &'a str)], Option<&'a str>);
        let cases: [Case; 8] = [
            (
                &[("STOCKTAKE_CACHE_DIR", "/chosen"), ("HOME", "/home/ada")],
                Some("/chosen"),
            ),
            (&[("STOCKTAKE_CACHE_DIR", ""), ("HOME", "/home/ada")], None),
            (
                &[("XDG_CACHE_HOME", "/caches"), ("HOME", "/home/ada")],
                Some("/caches/stocktake/compiled"),
            ),
            (
                &[("XDG_CACHE_HOME", "relative"), ("HOME", "/home/ada")],
                Some("/home/ada/.cache/stocktake/compiled"),
            ),
            (
                &[("XDG_CACHE_HOME", ""), ("HOME", "/home/ada")],
                Some("/home/ada/.cache/stocktake/compiled"),
            ),
            (
                &[("HOME", "/home/ada")],
                Some("/home/ada/.cache/stocktake/compiled"),
            ),
            (&[("HOME", "")], None),
            (&[], None),
        ];
        for (environment, expected) in cases {
            let variable = |name: &str| {
                let (_, value) = environment.iter().find(|(known, _)| *known == name)?;
                Some((*value).into())
            };
            assert_eq!(
                directory(variable).as_deref(),
                expected.map(Path::new),
                "{environment:?}"
            );
        }
    }
}
