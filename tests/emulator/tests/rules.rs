//! The rules of the filtered stream.

mod support;

use paragon_twitter_emulator::Emulator;
use reqwest::Method;
use serde_json::{Value, json};
use support::{Answer, as_app, send, start};

const RULES: &str = "/2/tweets/search/stream/rules";

async fn change(emulator: &Emulator, query: &str, body: Value) -> Answer {
    let request = as_app(emulator, Method::POST, &format!("{RULES}{query}"));
    send(request.header("Content-Type", "application/json").body(body.to_string())).await
}

async fn list(emulator: &Emulator, query: &str) -> Value {
    send(as_app(emulator, Method::GET, &format!("{RULES}{query}"))).await.ok()
}

fn values(page: &Value) -> Vec<&str> {
    page["data"].as_array().into_iter().flatten().map(|rule| rule["value"].as_str().expect("a value")).collect()
}

#[tokio::test]
async fn rules_are_added_listed_and_deleted_by_id_and_by_value() {
    let emulator = start().await;
    assert_eq!(list(&emulator, "").await, json!({ "meta": { "result_count": 0 } }));
    let rules = json!([{ "value": "tea", "tag": "drinks" }, { "value": "coffee" }, { "value": "milk" }]);
    let made = change(&emulator, "", json!({ "add": rules })).await.ok();
    assert_eq!(made["meta"]["summary"], json!({ "created": 3, "not_created": 0, "valid": 3, "invalid": 0 }));
    assert!(made["meta"]["sent"].is_string() && made.get("errors").is_none(), "{made}");
    let all = list(&emulator, "").await;
    assert_eq!(all["data"], made["data"]);
    assert_eq!(all["data"][0]["tag"], "drinks");
    assert!(all["data"][1].get("tag").is_none());

    let id = made["data"][0]["id"].as_str().expect("an id");
    assert_eq!(values(&list(&emulator, &format!("?ids={id}")).await), ["tea"]);
    let delete = json!({ "delete": { "ids": [id, "1"], "values": ["coffee", "water"] } });
    let gone = change(&emulator, "", delete).await.ok();
    assert_eq!(gone["meta"]["summary"], json!({ "deleted": 2, "not_deleted": 2 }));
    let named: Vec<&Value> = gone["errors"].as_array().expect("errors").iter().map(|error| &error["value"]).collect();
    assert_eq!(named, ["1", "water"]);
    assert_eq!(values(&list(&emulator, "").await), ["milk"]);
    let missing = list(&emulator, &format!("?ids={id}")).await;
    assert_eq!(missing["errors"][0]["value"], *id);
}

#[tokio::test]
async fn a_duplicate_and_an_invalid_rule_are_told_one_by_one_and_the_others_are_made() {
    let emulator = start().await;
    let made = change(&emulator, "", json!({ "add": [{ "value": "tea" }] })).await.ok();
    let rules = json!([{ "value": "tea" }, { "value": "coffee" }, { "value": "coffee" }, { "value": "(a" }, { "value": "lang:en" }]);
    let answer = change(&emulator, "", json!({ "add": rules })).await.ok();
    assert_eq!(answer["meta"]["summary"], json!({ "created": 1, "not_created": 4, "valid": 1, "invalid": 4 }));
    assert_eq!(values(&answer), ["coffee"]);
    let errors = answer["errors"].as_array().expect("errors");
    assert_eq!(errors[0]["title"], "DuplicateRule");
    assert_eq!(errors[0]["id"], made["data"][0]["id"], "it names the rule that is there");
    assert_eq!(errors[1]["id"], answer["data"][0]["id"]);
    assert_eq!((&errors[2]["title"], &errors[2]["value"]), (&json!("InvalidRule"), &json!("(a")));
    assert!(errors[3]["details"][0].is_string());
    assert_eq!(values(&list(&emulator, "").await), ["tea", "coffee"]);
}

#[tokio::test]
async fn a_dry_run_answers_and_changes_nothing() {
    let emulator = start().await;
    let add = json!({ "add": [{ "value": "tea" }, { "value": "tea" }, { "value": "(a" }] });
    let dry = change(&emulator, "?dry_run=true", add).await.ok();
    assert_eq!(dry["meta"]["summary"], json!({ "created": 1, "not_created": 2, "valid": 1, "invalid": 2 }));
    assert!(values(&list(&emulator, "").await).is_empty());
    change(&emulator, "", json!({ "add": [{ "value": "tea" }] })).await.ok();
    let dry = change(&emulator, "?dry_run=true", json!({ "delete": { "values": ["tea"] } })).await.ok();
    assert_eq!(dry["meta"]["summary"], json!({ "deleted": 1, "not_deleted": 0 }));
    change(&emulator, "?dry_run=true&delete_all=true", json!({})).await.ok();
    assert_eq!(values(&list(&emulator, "").await), ["tea"]);
}

#[tokio::test]
async fn all_rules_go_at_once_and_are_counted() {
    let emulator = start().await;
    let rules: Vec<Value> = (0..3).map(|number| json!({ "value": format!("tea{number}") })).collect();
    change(&emulator, "", json!({ "add": rules })).await.ok();
    let counts = send(as_app(&emulator, Method::GET, &format!("{RULES}/counts"))).await.ok();
    assert_eq!((&counts["data"]["project_rules_count"], &counts["data"]["client_app_rules_count"]["rule_count"]), (&json!("3"), &json!(3)));
    assert!(counts["data"].get("all_project_client_apps").is_none());
    let path = format!("{RULES}/counts?rules_count.fields=all_project_client_apps");
    assert_eq!(send(as_app(&emulator, Method::GET, &path)).await.ok()["data"]["all_project_client_apps"][0]["rule_count"], 3);
    let gone = change(&emulator, "?delete_all=true", json!({})).await.ok();
    assert_eq!(gone["meta"]["summary"]["deleted"], 3);
    assert!(values(&list(&emulator, "").await).is_empty());
}

#[tokio::test]
async fn rules_come_in_pages() {
    let emulator = start().await;
    let rules: Vec<Value> = (0..5).map(|number| json!({ "value": format!("tea{number}") })).collect();
    change(&emulator, "", json!({ "add": rules })).await.ok();
    let mut query = "?max_results=2".to_owned();
    let mut found = Vec::new();
    loop {
        let page = list(&emulator, &query).await;
        found.extend(values(&page).into_iter().map(str::to_owned));
        let Some(token) = page["meta"]["next_token"].as_str() else { break };
        query = format!("?max_results=2&pagination_token={token}");
    }
    assert_eq!(found, ["tea0", "tea1", "tea2", "tea3", "tea4"]);
    let path = format!("{RULES}?pagination_token=0123456789abcdeF");
    send(as_app(&emulator, Method::GET, &path)).await.invalid("pagination_token");
}

#[tokio::test]
async fn a_request_does_one_thing_and_stays_within_the_cap() {
    let emulator = start().await;
    change(&emulator, "", json!({})).await.invalid("add");
    change(&emulator, "", json!({ "add": [] })).await.invalid("add");
    change(&emulator, "", json!({ "delete": {} })).await.invalid("delete");
    change(&emulator, "", json!({ "add": [{ "value": "a" }], "delete": { "values": ["a"] } })).await.invalid("add");
    change(&emulator, "?delete_all=true", json!({ "add": [{ "value": "a" }] })).await.invalid("delete_all");
    change(&emulator, "", json!({ "add": [{ "tag": "a" }] })).await.problem(400, "invalid-request");
    let rules: Vec<Value> = (0..1001).map(|number| json!({ "value": format!("tea{number}") })).collect();
    assert_eq!(change(&emulator, "", json!({ "add": rules })).await.status, 422);
    let long = change(&emulator, "", json!({ "add": [{ "value": "a".repeat(1025) }] })).await.ok();
    assert_eq!(long["meta"]["summary"]["invalid"], 1);
}
