use crate::{
    program::{KEY, Program},
    support::{get, http::request},
};
use serde_json::Value;

/// Every `$ref` below.
fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member.as_str().filter(|_| name == "$ref") {
                    Some(reference) => found.push(reference),
                    None => references(member, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

/// That it is a valid document `tests/back-end` checks, with a validator of the format.
#[tokio::test]
async fn every_route_of_the_description_answers_as_described() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::start(dir.path(), &[]);
    let document: Value = serde_json::from_str(&get(program.admin, "/openapi.json", &[]).await.body).unwrap();
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 20);
    for reference in found {
        assert!(document.pointer(reference.strip_prefix('#').unwrap()).is_some(), "{reference}");
    }
    let header = format!("Authorization: Bearer {KEY}");
    let mut operations = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            operations += 1;
            let concrete = path.replace("{id}", "00000000000000000000000000000001").replace("{user}", "ann");
            let query = if path == "/v1/users" { "?users=ann" } else { "" };
            let concrete = format!("{concrete}{query}");
            let answer = request(program.admin, &method.to_uppercase(), &concrete, &[&header], "").await;
            let described = &operation["responses"][answer.status.to_string()];
            assert!(described.is_object(), "{method} {path}: {} {}", answer.status, answer.body);
            assert_ne!(answer.status, 401);
            // It is the operation that does not know the id, not the router that does not know the path.
            assert!(!answer.body.contains("nothing at this path"), "{method} {path}");
            assert!(operation["responses"]["401"].is_object(), "{method} {path} needs a key");
            assert!(operation["description"].is_string() || operation["summary"].is_string(), "{method} {path}");
        }
    }
    assert_eq!(operations, 11);
}
