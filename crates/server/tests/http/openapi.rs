//! The description of the API is checked in, so that every change of it is seen in a review.

use contract::access::Permission;
use serde_json::Value;
use state_machine::{DemoModeStatus, triage::Cause};
use std::collections::BTreeSet;

fn document() -> Value {
    serde_json::from_str(&repruv_server::api::document().expect("a document")).expect("JSON")
}

#[test]
fn the_words_of_a_set_are_those_that_are_sent() {
    let document = document();
    let told = |set: &str| document["components"]["schemas"][set]["enum"].clone();
    assert_eq!(told("DemoModeStatus"), serde_json::json!(DemoModeStatus::ALL));
    assert_eq!(told("Cause"), serde_json::json!(Cause::ALL));
    assert_eq!(told("Permission"), serde_json::json!(Permission::ALL));
}

#[test]
fn each_operation_has_a_name_of_its_own() {
    let document = document();
    let paths = document["paths"].as_object().expect("paths").values();
    let operations: Vec<&Value> = paths.flat_map(|item| item.as_object().expect("methods").values()).collect();
    let names: BTreeSet<&str> = operations.iter().filter_map(|operation| operation["operationId"].as_str()).collect();
    assert_eq!(names.len(), operations.len());
}

#[test]
fn a_body_may_be_absent_where_nothing_in_it_is_required() {
    let document = document();
    let required = |path: &str| document["paths"][path]["post"]["requestBody"]["required"].as_bool();
    assert_eq!(required("/api/v1/demo/enable"), Some(false));
    assert_eq!(required("/api/v1/auth/refresh"), Some(false));
    assert_eq!(required("/api/v1/auth/login"), Some(true));
}

#[test]
fn the_description_is_fresh() {
    // Tests run in the folder of their package.
    let path = "openapi.json";
    let fresh = repruv_server::api::document().expect("a document");
    let stored = std::fs::read_to_string(path).unwrap_or_default();
    assert!(stored == fresh, "crates/server/openapi.json is stale: run `cargo xtask codegen` and look at what changed");
}
