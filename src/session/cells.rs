//! Values of the logs' own languages as other programs read them.

use crate::base::Value as Cell;
use crate::language::insights::{Num, Value};
use crate::language::json::Json;
use crate::share::json_value;

/// A value as a cell of a table; maps and lists as compact JSON, a boolean as the 1 or 0 that the service writes.
pub fn cell_of(value: &Value<'_>) -> Cell {
    match value {
        Value::Absent => Cell::Absent,
        Value::Bool(b) => Cell::Int((*b).into()),
        Value::Int(n) => Cell::Int(*n),
        Value::Wide(n) => Cell::Big(**n),
        Value::Float(f) => Cell::Float(*f),
        Value::Text(t) => Cell::Text(t.to_string()),
        Value::Time(t) => Cell::Time(*t),
        Value::Node(node) => Cell::Text(node.print()),
    }
}

/// A value as JSON: times in ISO 8601 UTC, integers beyond 2^53 as strings, in maps and lists too.
pub fn json_of(value: &Value<'_>) -> String {
    match value {
        Value::Node(node) => nested(node.json()),
        other => json_value(&cell_of(other)),
    }
}

fn nested(json: &Json) -> String {
    let quoted = |text: &str| json_value(&text.into());
    match json {
        Json::Null => "null".to_owned(),
        Json::Bool(b) => b.to_string(),
        Json::Number(source) => match Num::parse(source) {
            Some(Num::Int(n)) => json_value(&Cell::Big(n)),
            Some(Num::Float(f)) => json_value(&Cell::Float(f)),
            None => quoted(source),
        },
        Json::String(text) => quoted(text),
        Json::Array(items) => {
            let items: Vec<String> = items.iter().map(nested).collect();
            format!("[{}]", items.join(","))
        }
        Json::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(key, value)| format!("{}:{}", quoted(key), nested(value)))
                .collect();
            format!("{{{}}}", members.join(","))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_on_the_way_to_other_programs() {
        let json = Json::parse(r#"{"id":9007199254740993,"n":[1,2.5,null,"a\"b"],"ok":true}"#).unwrap();
        let written = r#"{"id":"9007199254740993","n":[1,2.5,null,"a\"b"],"ok":true}"#;
        assert_eq!(json_of(&Value::from(json)), written);
        assert_eq!(
            json_of(&Value::Int(9_007_199_254_740_993)),
            "\"9007199254740993\""
        );
        assert_eq!(json_of(&Value::Bool(true)), "1");
        assert_eq!(
            json_of(&Value::Time(1_500_000_000)),
            "\"1970-01-01T00:00:01.500Z\""
        );
        assert_eq!(json_of(&Value::Absent), "null");
    }
}
