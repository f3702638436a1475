use super::*;
use contract::ipc::EnvironmentKind;
use std::sync::Arc;

fn kept() -> (Arc<Mutex<Option<Value>>>, Chosen) {
    let file = Arc::<Mutex<Option<Value>>>::default();
    let writes = Arc::clone(&file);
    let save: Save = Box::new(move |value| {
        *writes.lock().expect("no panic") = Some(value.clone());
        Ok(())
    });
    (file, Chosen::new(None, save))
}

fn dark() -> Preferences {
    let notify_contradictions = true;
    Preferences { theme: Theme::Dark, density: Density::Compact, times: Times::Utc, notify_contradictions, ..first() }
}

fn draft(name: &str, kind: EnvironmentKind, api_url: &str) -> EnvironmentDraft {
    EnvironmentDraft { name: name.into(), kind, api_url: api_url.into(), authority: None }
}

#[test]
fn what_was_chosen_survives_a_restart() {
    let (file, chosen) = kept();
    assert_eq!(chosen.get(), first());
    chosen.set_look(&dark()).expect("is kept");
    let after = chosen.add(&draft("Staging", EnvironmentKind::Staging, "https://api.example.com")).expect("is kept");
    assert_eq!(after.environment_id, Some(after.environments[0].id.clone()), "the first environment is chosen");
    assert!(after.notify_contradictions);
    let reread = parse(file.lock().expect("no panic").clone());
    assert_eq!(reread, after);
}

#[test]
fn an_environment_can_be_chosen_and_removed() {
    let (_, chosen) = kept();
    let add = |name, kind, api_url| chosen.add(&draft(name, kind, api_url));
    let one = add("One", EnvironmentKind::Staging, "https://one.example").expect("adds").environments[0].id.clone();
    let two = add("Two", EnvironmentKind::Production, "https://two.example").expect("adds").environments[1].id.clone();
    assert!(add("one", EnvironmentKind::Local, "https://three.example").is_err(), "names are unique");
    assert_eq!(chosen.choose(&two).expect("exists").name, "Two");
    assert!(chosen.choose("unknown").is_err());
    let left = chosen.remove(&two).expect("removes");
    assert_eq!(left.environment_id, Some(one), "the choice falls back to one that exists");
}

#[test]
fn what_an_earlier_build_kept_tells_of_nothing_and_trusts_nobody() {
    let mut value = serde_json::to_value(first()).expect("is JSON");
    value.as_object_mut().expect("an object").remove("notify_contradictions");
    assert_eq!(parse(Some(value.clone())), first());
    value["environments"] =
        serde_json::json!([{ "id": "x", "name": "EU", "kind": "staging", "api_url": "https://api.example.com" }]);
    assert_eq!(parse(Some(value)).environments[0].authority, None);
}

#[test]
fn a_broken_newer_or_hostile_file_starts_fresh() {
    assert_eq!(parse(Some(serde_json::json!({ "schema": 2, "theme": "dark" }))), first());
    assert_eq!(parse(Some(serde_json::json!({ "schema": 1, "theme": 7 }))), first());
    assert_eq!(parse(Some(serde_json::json!([]))), first());
    let mut value = serde_json::to_value(first()).expect("is JSON");
    value["environments"] =
        serde_json::json!([{ "id": "x", "name": "Evil", "kind": "local", "api_url": "http://evil.example" }]);
    assert_eq!(parse(Some(value)).environments, []);
}

#[test]
fn a_change_that_cannot_be_kept_is_not_made() {
    let chosen = Chosen::new(None, Box::new(|_| Err("disk full".into())));
    assert!(chosen.set_look(&dark()).is_err());
    assert_eq!(chosen.get(), first());
}
