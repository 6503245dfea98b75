//! Bytes into mischief: JSON changed in places and ways that the bytes choose, so that most of it still parses.

use serde_json::{Value, json};

/// Takes decisions from bytes; when they are used up, always the first choice.
pub struct Choices<'a>(pub &'a [u8]);

impl Choices<'_> {
    pub fn byte(&mut self) -> u8 {
        let Some((&first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        first
    }

    pub fn below(&mut self, end: usize) -> usize {
        (usize::from(self.byte()) << 8 | usize::from(self.byte())) % end.max(1)
    }

    pub fn one_of<'s, T>(&mut self, all: &'s [T]) -> &'s T {
        &all[self.below(all.len())]
    }

    pub fn is_over(&self) -> bool {
        self.0.is_empty()
    }
}

/// Up to three values in `json` are replaced, taken away or doubled.
pub fn mutate(mut json: Value, choices: &mut Choices<'_>) -> Value {
    for _ in 0..choices.below(4) {
        let mut count = 0;
        count_values(&json, &mut count);
        let mut left = choices.below(count);
        if let Some(value) = nth_value(&mut json, &mut left) {
            change(value, choices);
        }
    }
    json
}

fn change(value: &mut Value, choices: &mut Choices<'_>) {
    match (value, choices.below(6)) {
        (Value::Object(map), 0 | 1) => {
            let names: Vec<_> = map.keys().cloned().collect();
            if !names.is_empty() {
                map.remove(choices.one_of(&names));
            }
        }
        (Value::Array(list), 0) => list.clear(),
        (Value::Array(list), 1) => list.extend_from_within(..),
        (Value::Number(number), 0 | 1) => {
            let near = number.as_u64().unwrap_or(0);
            *number = if choices.byte().is_multiple_of(2) { near.wrapping_add(1) } else { near.wrapping_sub(1) }.into();
        }
        (value, _) => *value = choices.one_of(&oddities()).clone(),
    }
}

fn oddities() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!(0),
        json!(1),
        json!(-1),
        json!(i32::MAX),
        json!(u32::MAX),
        json!(u64::MAX),
        json!(1e300),
        json!(""),
        json!("ann"),
        json!("ben"),
        json!("\u{0}\u{202e}'\"<script>"),
        json!("a".repeat(5000)),
        json!([]),
        json!({}),
        json!([[[]]]),
        json!("ringing"),
        json!("joined"),
        json!("left"),
        json!("ended"),
        json!("connected"),
    ]
}

fn count_values(json: &Value, count: &mut usize) {
    *count += 1;
    match json {
        Value::Array(list) => list.iter().for_each(|value| count_values(value, count)),
        Value::Object(map) => map.values().for_each(|value| count_values(value, count)),
        _ => {}
    }
}

fn nth_value<'v>(json: &'v mut Value, left: &mut usize) -> Option<&'v mut Value> {
    if *left == 0 {
        return Some(json);
    }
    *left -= 1;
    match json {
        Value::Array(list) => list.iter_mut().find_map(|value| nth_value(value, left)),
        Value::Object(map) => map.values_mut().find_map(|value| nth_value(value, left)),
        _ => None,
    }
}
