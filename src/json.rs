//! JSON text, for event payloads and for frames. Building the text and letting the browser parse it is one crossing
//! into JavaScript for the whole payload, where setting properties one by one is a crossing each; and a serializer
//! made for any type of data is many times as much code.

/// Writes one JSON object, members in the order of the calls. One word large, so that a chain of calls is handed on in a
/// register: half the code of moving a string from call to call.
#[derive(Debug, Clone)]
#[expect(clippy::box_collection, reason = "one word, see above")]
pub struct Object(Box<String>);

impl Default for Object {
    fn default() -> Self {
        Self(Box::new("{".into()))
    }
}

impl Object {
    pub fn text(mut self, key: &str, value: &str) -> Self {
        self.key(key);
        write_text(&mut self.0, value);
        self
    }

    pub fn number(self, key: &str, value: impl Into<i64>) -> Self {
        self.raw(key, &decimal(value.into()))
    }

    pub fn flag(self, key: &str, value: bool) -> Self {
        self.raw(key, if value { "true" } else { "false" })
    }

    pub fn texts<T: AsRef<str>>(self, key: &str, values: &[T]) -> Self {
        let mut list = String::from("[");
        for value in values {
            if list.len() > 1 {
                list.push(',');
            }
            write_text(&mut list, value.as_ref());
        }
        list.push(']');
        self.raw(key, &list)
    }

    /// Left out where there is none.
    pub fn optional_text(self, key: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.text(key, value),
            None => self,
        }
    }

    pub fn objects(self, key: &str, values: impl IntoIterator<Item = Object>) -> Self {
        let mut list = String::from("[");
        for value in values {
            if list.len() > 1 {
                list.push(',');
            }
            list.push_str(&value.finish());
        }
        list.push(']');
        self.raw(key, &list)
    }

    pub fn object(self, key: &str, value: Object) -> Self {
        self.raw(key, &value.finish())
    }

    /// `value` is JSON already.
    pub fn raw(mut self, key: &str, value: &str) -> Self {
        self.key(key);
        self.0.push_str(value);
        self
    }

    pub fn finish(mut self) -> String {
        self.0.push('}');
        *self.0
    }

    fn key(&mut self, key: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        write_text(&mut self.0, key);
        self.0.push(':');
    }
}

/// A number in decimal. The library's own formatting, of anything in any width, is several times as much code.
pub fn decimal(number: i64) -> String {
    let mut digits = [0; 20];
    let mut at = digits.len();
    let mut rest = number.unsigned_abs();
    loop {
        at -= 1;
        digits[at] = (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    let mut text = String::new();
    if number < 0 {
        text.push('-');
    }
    for digit in &digits[at..] {
        text.push(char::from(b'0' + digit));
    }
    text
}

fn write_text(out: &mut String, text: &str) {
    const HEX: [u8; 16] = *b"0123456789abcdef";
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                out.push('\\');
                out.push(character);
            }
            control if control < ' ' => {
                let code = control as usize;
                out.push_str("\\u00");
                out.push(char::from(HEX[code >> 4]));
                out.push(char::from(HEX[code & 15]));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

#[cfg(test)]
#[path = "json_test.rs"]
mod json_test;
