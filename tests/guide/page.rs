//! The contents of a page of the guide: commands with their output, and files.

/// A command and its output, as the page shows it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Command {
    pub(crate) text: String,
    pub(crate) output: Vec<String>,
}

/// A file that the page shows.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) text: String,
}

/// The parts of a page that something is done with, each in the order of the page.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) commands: Vec<Command>,
    pub(crate) files: Vec<File>,
}

impl Page {
    pub(crate) fn parse(markdown: &str) -> Self {
        let mut page = Self::default();
        let mut lines = markdown.lines();
        while let Some(line) = lines.next() {
            let Some(info) = line.strip_prefix("```") else {
                continue;
            };
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            if info == "console" {
                page.console(&block);
            } else if let Some((_, name)) = info.split_once(" file=") {
                page.files.push(File {
                    name: name.to_owned(),
                    text: block.join("\n") + "\n",
                });
            }
        }
        page
    }

    fn console(&mut self, block: &[&str]) {
        let mut continued = false;
        for line in block {
            if let Some(text) = line.strip_prefix("$ ") {
                self.commands.push(Command {
                    text: text.to_owned(),
                    output: Vec::new(),
                });
                continued = goes_on(line);
                continue;
            }
            let command = self
                .commands
                .last_mut()
                .expect("a console block begins with a command");
            if continued {
                command.text.push('\n');
                command.text.push_str(line);
                continued = goes_on(line);
            } else {
                command.output.push((*line).to_owned());
            }
        }
    }
}

fn goes_on(line: &str) -> bool {
    line.ends_with('\\') || line.ends_with('|')
}

/// Whether the output matches the page: `…` is any text in a line, and alone any number of lines.
pub(crate) fn matches(shown: &[String], printed: &[&str]) -> bool {
    let Some((first, rest)) = shown.split_first() else {
        return printed.is_empty();
    };
    if first == "…" {
        return (0..=printed.len()).any(|skipped| matches(rest, &printed[skipped..]));
    }
    printed
        .split_first()
        .is_some_and(|(line, others)| line_matches(first, line) && matches(rest, others))
}

fn line_matches(shown: &str, printed: &str) -> bool {
    let mut parts = shown.split('…');
    let Some(mut rest) = printed.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[test]
fn commands_files_and_output_are_distinguished() {
    let page = Page::parse(
        "text\n```console\n$ one \\\n    two\nprinted\n$ three\n```\n```toml file=a.toml\nx = 1\n```\n```sh\nnot run\n```\n",
    );
    let command = |text: &str, output: &[&str]| Command {
        text: text.to_owned(),
        output: output.iter().map(|line| (*line).to_owned()).collect(),
    };
    assert_eq!(
        page.commands,
        [
            command("one \\\n    two", &["printed"]),
            command("three", &[])
        ]
    );
    assert_eq!(page.files.len(), 1);
    assert_eq!(
        (&*page.files[0].name, &*page.files[0].text),
        ("a.toml", "x = 1\n")
    );
}

#[test]
fn an_ellipsis_stands_for_text_or_for_lines() {
    let shown = |lines: &[&str]| {
        lines
            .iter()
            .map(|line| (*line).to_owned())
            .collect::<Vec<_>>()
    };
    for (page, printed, fits) in [
        (&["a"][..], &["a"][..], true),
        (&["a"], &["b"], false),
        (&[], &["b"], false),
        (&["a…c"], &["abc"], true),
        (&["a…c"], &["abx"], false),
        (&["…"], &[], true),
        (&["…", "z"], &["x", "y", "z"], true),
        (&["…", "z", "…"], &["x", "y"], false),
    ] {
        assert_eq!(matches(&shown(page), printed), fits, "{page:?} {printed:?}");
    }
}
