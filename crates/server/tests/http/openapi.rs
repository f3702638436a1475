//! The description of the API is checked in, so that every change of it is seen in a review.

#[test]
fn the_description_is_fresh() {
    // Tests run in the folder of their package.
    let path = "openapi.json";
    let fresh = repruv_server::api::document().expect("a document");
    let stored = std::fs::read_to_string(path).unwrap_or_default();
    assert!(stored == fresh, "crates/server/openapi.json is stale: run `cargo xtask codegen` and look at what changed");
}
