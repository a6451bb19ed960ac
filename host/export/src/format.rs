//! The formats.

use std::fmt;
use std::str::FromStr;

/// Declares the formats: name, whether it is a directory, what it is.
macro_rules! formats {
    ($( $name:ident, $text:literal, $is_directory:literal, $about:literal; )*) => {
        /// A format of an export.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Format {
            $( #[doc = $about] $name, )*
        }

        impl Format {
            /// Every format.
            pub const ALL: &[Format] = &[$( Format::$name, )*];

            /// Its name.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $( Format::$name => $text, )* }
            }

            /// It is a directory of files.
            #[must_use]
            pub fn is_directory(self) -> bool {
                match self { $( Format::$name => $is_directory, )* }
            }

            /// What it is, in a line.
            #[must_use]
            pub fn about(self) -> &'static str {
                match self { $( Format::$name => $about, )* }
            }
        }
    };
}

formats! {
    Xlsx, "xlsx", false, "a workbook with the sheets that RVTools has";
    Csv, "csv", true, "a directory with a CSV file per sheet";
    Parquet, "parquet", true, "a directory with a Parquet file per kind, and one of the relations";
    Netbox, "netbox", true, "a directory with a JSON file per form of NetBox's bulk import";
    Json, "json", false, "the assets of the response, as one array";
    Ndjson, "ndjson", false, "the assets of the response, one in a line";
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Format::ALL.iter().find(|format| format.as_str() == text);
        found.copied().ok_or_else(|| {
            let names: Vec<&str> = Format::ALL.iter().map(|format| format.as_str()).collect();
            format!(
                "no format is called {text:?}; there are {}",
                names.join(", ")
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Format;

    #[test]
    fn a_format_is_found_by_its_name_and_another_name_lists_them() {
        for format in Format::ALL {
            assert_eq!(format.to_string().parse(), Ok(*format));
        }
        let expected =
            "no format is called \"xls\"; there are xlsx, csv, parquet, netbox, json, ndjson";
        assert_eq!("xls".parse::<Format>(), Err(expected.to_owned()));
    }
}
