//! Where a password comes from.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use clap::Args;
use zeroize::{Zeroize as _, Zeroizing};

use crate::failure::Failure;

/// How the password is found. It is never an argument: arguments are seen by
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
    /// The password for `username`, asked for on the terminal when no source is named.
    ///
    /// No failure repeats what an option was given: it may be the password itself, by mistake.
    pub(crate) fn read(&self, username: &str) -> Result<Zeroizing<String>, Failure> {
        let (password, source) = if let Some(file) = &self.password_file {
            let told = "the file that --password-file names";
            let text =
                std::fs::read_to_string(file).map_err(|error| Failure::file(told, &error))?;
            (first_line(text), told)
        } else if let Some(variable) = &self.password_env {
            let told = "the environment variable that --password-env names";
            let text = std::env::var(variable).map_err(|_| {
                Failure::Usage(format!(
                    "{told} is not set, or not UTF-8; set it to the password"
                ))
            })?;
            (Zeroizing::new(text), told)
        } else if std::io::stdin().is_terminal() {
            let prompt = format!("Password for {username}: ");
            let text = rpassword::prompt_password(prompt)
                .map_err(|error| Failure::other("cannot read the password", error))?;
            (Zeroizing::new(text), "the answer")
        } else {
            return Err(Failure::Usage(
                "there is no password: name it with --password-file FILE or --password-env VAR, or start the command on a terminal to be asked".to_owned(),
            ));
        };
        if password.is_empty() {
            return Err(Failure::Usage(format!(
                "{source} is empty; expected a password"
            )));
        }
        Ok(password)
    }
}

fn first_line(mut text: String) -> Zeroizing<String> {
    let line = Zeroizing::new(text.lines().next().unwrap_or_default().to_owned());
    text.zeroize();
    line
}

#[cfg(test)]
mod tests {
    use super::PasswordSource;

    #[test]
    fn the_first_line_of_a_file_is_the_password() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("password");
        std::fs::write(&file, "s3cret with spaces\r\nnext\n").expect("a file");
        let source = PasswordSource {
            password_file: Some(file),
            password_env: None,
        };
        assert_eq!(
            *source.read("me").expect("a password"),
            "s3cret with spaces"
        );
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
