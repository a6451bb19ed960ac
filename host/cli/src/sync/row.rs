//! One object of the processed stage.

use serde::Serialize;

/// A JSON object that is written field by field, without unknown values.
#[derive(Debug)]
pub(super) struct Row {
    json: Vec<u8>,
}

impl Row {
    pub(super) fn new(id: &str) -> Self {
        let mut row = Row { json: Vec::new() };
        row.field("id", Some(id));
        row
    }

    /// Adds a field.
    pub(super) fn field(&mut self, key: &str, value: Option<impl Serialize>) -> &mut Self {
        if let Some(value) = value {
            self.json
                .push(if self.json.is_empty() { b'{' } else { b',' });
            self.write(&key);
            self.json.push(b':');
            self.write(&value);
        }
        self
    }

    /// The object.
    pub(super) fn into_json(mut self) -> String {
        self.json.push(b'}');
        String::from_utf8(self.json).expect("JSON is UTF-8")
    }

    fn write(&mut self, value: &impl Serialize) {
        serde_json::to_writer(&mut self.json, value).expect("writing to memory cannot fail");
    }
}
