//! Where a password comes from.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use clap::Args;
use stocktake_contract::request::Credential;
use zeroize::Zeroizing;

use crate::failure::Failure;

/// The source of the password. It is never an argument: arguments are visible to
/// every process of the machine and stay in the shell's history.
#[derive(Debug, Args)]
pub(crate) struct PasswordSource {
    /// Read the password from the first line of FILE
    #[arg(long, value_name = "FILE", conflicts_with = "password_env")]
    pub(crate) password_file: Option<PathBuf>,
    /// Read the password from the environment variable VAR
    #[arg(long, value_name = "VAR")]
    pub(crate) password_env: Option<String>,
}

impl PasswordSource {
    /// The password for `username`, prompted for on the terminal when no source is given.
    ///
    /// No error message repeats the value of an option: it may be the password by mistake.
    pub(crate) fn read(&self, username: &str) -> Result<Zeroizing<String>, Failure> {
        let (password, source) = if let Some(file) = &self.password_file {
            let source = "the file that --password-file names";
            let bytes = std::fs::read(file).map_err(|error| Failure::file(source, &error))?;
            (first_line(Zeroizing::new(bytes), source)?, source)
        } else if let Some(variable) = &self.password_env {
            let source = "the environment variable that --password-env names";
            let text = std::env::var(variable).map_err(|_| {
                Failure::Usage(format!(
                    "{source} is not set, or not UTF-8; set it to the password"
                ))
            })?;
            (Zeroizing::new(text), source)
        } else if std::io::stdin().is_terminal() {
            let prompt = format!("Password for {username}: ");
            let text = rpassword::prompt_password(prompt)
                .map_err(|error| Failure::other("cannot read the password", error))?;
            (Zeroizing::new(text), "the answer")
        } else {
            return Err(Failure::Usage(
                "there is no password: give it with --password-file FILE or --password-env VAR, or run the command on a terminal to be prompted".to_owned(),
            ));
        };
        if password.is_empty() {
            return Err(Failure::Usage(format!(
                "{source} is empty; expected a password"
            )));
        }
        if let Some(reason) = Credential::unsendable(&password) {
            return Err(Failure::Usage(format!(
                "{source} {reason}; correct it, or change the password"
            )));
        }
        Ok(password)
    }
}

/// Byte order mark of UTF-8.
const UTF_8_MARK: &[u8] = b"\xef\xbb\xbf";
/// Byte order marks of UTF-16.
const UTF_16_MARKS: [&[u8]; 2] = [b"\xff\xfe", b"\xfe\xff"];

fn first_line(bytes: Zeroizing<Vec<u8>>, source: &str) -> Result<Zeroizing<String>, Failure> {
    if UTF_16_MARKS.iter().any(|&mark| bytes.starts_with(mark)) {
        return Err(Failure::Usage(format!(
            "{source} is in UTF-16; save it as UTF-8"
        )));
    }
    let text = bytes.strip_prefix(UTF_8_MARK).unwrap_or(&bytes);
    let line = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    match std::str::from_utf8(line) {
        Ok(line) => Ok(Zeroizing::new(line.to_owned())),
        Err(_) => Err(Failure::Usage(format!(
            "{source} is not UTF-8; save it as UTF-8"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::PasswordSource;

    fn read(bytes: &[u8]) -> Result<String, String> {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), bytes).expect("a file");
        let source = PasswordSource {
            password_file: Some(file.path().to_owned()),
            password_env: None,
        };
        let read = source.read("me");
        read.map(|password| password.to_string())
            .map_err(|failure| failure.to_string())
    }

    #[test]
    fn the_first_line_of_a_file_is_the_password_without_what_editors_put_around_it() {
        for (bytes, expected) in [
            (&b"s3cret with spaces\r\nnext\n"[..], "s3cret with spaces"),
            (b"s3cret", "s3cret"),
            (b"\xef\xbb\xbfs3cret\r\n", "s3cret"),
            (b"\xef\xbb\xbfs3cret", "s3cret"),
            ("ü-s3cret\n".as_bytes(), "ü-s3cret"),
            (b"tab\tinside\n", "tab\tinside"),
        ] {
            assert_eq!(read(bytes).as_deref(), Ok(expected), "{bytes:?}");
        }
    }

    #[test]
    fn a_file_that_holds_no_password_of_text_is_refused_with_the_reason_and_not_shown() {
        let utf_16 =
            |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
        for (bytes, reason) in [
            (utf_16("\u{feff}s3cret"), "UTF-16"),
            (utf_16("s3cret"), "U+0000"),
            (b"s3cret\xff".to_vec(), "not UTF-8"),
            (b"s3cret\x1b[A\n".to_vec(), "U+001B"),
            (b"\xef\xbb\xbf\r\n".to_vec(), "is empty"),
        ] {
            let refused = read(&bytes).expect_err(reason);
            assert!(refused.contains(reason), "{refused}");
            assert!(refused.contains("--password-file") && !refused.contains("s3cret"));
        }
    }

    #[test]
    fn an_empty_password_is_refused() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let source = PasswordSource {
            password_file: Some(file.path().to_owned()),
            password_env: None,
        };
        assert!(
            source
                .read("me")
                .expect_err("empty")
                .to_string()
                .contains("is empty")
        );
    }
}
