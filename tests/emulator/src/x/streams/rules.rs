//! The rules of the filtered stream.

use std::collections::BTreeSet;

use http::Method;
use serde_json::{Map, Value, json};

use super::problem;
use crate::search::Query;
use crate::state::{Rule, show_time};
use crate::x::{Answer, Call, Entry, Envelope, Page, Problem};

pub(in super::super) const HANDLERS: &[Entry] = &[
    (Method::GET, "/2/tweets/search/stream/rules", list),
    (Method::POST, "/2/tweets/search/stream/rules", update),
    (Method::GET, "/2/tweets/search/stream/rules/counts", counts),
];

/// How many rules an app may have.
const MAX_RULES: usize = 1000;

/// The app that all rules are of.
const APP: &str = "1000000001";

fn render(rule: &Rule) -> Value {
    let mut object = json!({ "id": rule.id.to_string(), "value": rule.value });
    if let Some(tag) = &rule.tag {
        object["tag"] = tag.as_str().into();
    }
    object
}

fn meta(call: &Call<'_>) -> Map<String, Value> {
    Map::from_iter([("sent".to_owned(), show_time(call.world.now()).into())])
}

fn list(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let ids: BTreeSet<&str> = call.query.list("ids").collect();
    let rules = call.world.streams.rules.iter().rev().filter(|rule| ids.is_empty() || ids.contains(rule.id.to_string().as_str()));
    let page = Page::of(call, rules.map(|rule| (rule.id, render(rule))))?;
    let mut meta = meta(call);
    meta.extend(page.meta);
    call.answer(Envelope { data: (!page.items.is_empty()).then(|| page.items.into()), meta, ..Envelope::default() })
}

fn counts(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let count = call.world.streams.rules.len();
    call.data(json!({
        "cap_per_client_app": MAX_RULES.to_string(),
        "cap_per_project": MAX_RULES.to_string(),
        "client_app_rules_count": { "client_app_id": APP, "rule_count": count },
        "project_rules_count": count.to_string(),
        "all_project_client_apps": [{ "client_app_id": APP, "rule_count": count }],
    }))
}

/// Adds or deletes rules, or with `dry_run` only says what that would do.
fn update(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let mut rules = call.world.streams.rules.clone();
    let dry = call.query.flag("dry_run");
    let mut done = Envelope { meta: meta(call), ..Envelope::default() };
    let summary = if call.query.flag("delete_all") {
        deleted(std::mem::take(&mut rules).len(), 0)
    } else if let Some(added) = call.body["add"].as_array().cloned() {
        add(call, &mut rules, &added, &mut done)
    } else {
        delete(&mut rules, &call.body["delete"], &mut done.errors)
    };
    done.meta.insert("summary".to_owned(), summary);
    if !dry {
        call.world.streams.rules = rules;
    }
    call.answer(done)
}

/// Adds what can be added, and says of each of the others what is wrong with it.
fn add(call: &mut Call<'_>, rules: &mut Vec<Rule>, added: &[Value], done: &mut Envelope) -> Value {
    let (mut created, mut invalid) = (Vec::new(), 0_usize);
    for rule in added {
        let value = rule["value"].as_str().unwrap_or_default();
        let same = rules.iter().find(|other| other.value == value);
        if let Some(same) = same {
            let error = json!({ "title": "DuplicateRule", "type": problem("duplicate-rules"), "value": value, "id": same.id.to_string() });
            done.errors.push(error);
            continue;
        }
        if rules.len() >= MAX_RULES {
            let detail = format!("There may be {MAX_RULES} rules.");
            done.errors.push(json!({ "title": "RulesCapExceeded", "type": problem("rule-cap"), "value": value, "detail": detail }));
            continue;
        }
        match Query::parse_rule(value) {
            Ok(query) => {
                let rule = Rule { id: call.world.next_id(), value: value.to_owned(), tag: rule["tag"].as_str().map(str::to_owned), query };
                created.push(render(&rule));
                rules.push(rule);
            }
            Err(error) => {
                invalid += 1;
                let details = [error.message.as_str()];
                let id = call.world.next_id().to_string();
                done.errors.push(json!({ "title": "UnprocessableEntity", "type": problem("invalid-rules"), "value": value, "id": id, "details": details }));
            }
        }
    }
    let summary = json!({
        "created": created.len(),
        "not_created": added.len() - created.len(),
        "valid": added.len() - invalid,
        "invalid": invalid,
    });
    done.data = (!created.is_empty()).then(|| created.into());
    summary
}

fn deleted(deleted: usize, not_deleted: usize) -> Value {
    json!({ "deleted": deleted, "not_deleted": not_deleted })
}

fn delete(rules: &mut Vec<Rule>, wanted: &Value, errors: &mut Vec<Value>) -> Value {
    let before = rules.len();
    let mut missing = 0;
    for (kind, of) in [("ids", (|rule| rule.id.to_string()) as fn(&Rule) -> String), ("values", |rule| rule.value.clone())] {
        for named in wanted[kind].as_array().into_iter().flatten() {
            let named = named.as_str().map_or_else(|| named.to_string(), str::to_owned);
            match rules.iter().position(|rule| of(rule) == named) {
                Some(index) => drop(rules.remove(index)),
                None => {
                    missing += 1;
                    let message = format!("There is no rule {named}.");
                    errors.push(
                        json!({ "title": "Not Found Error", "type": problem("resource-not-found"), "value": named, "detail": message }),
                    );
                }
            }
        }
    }
    deleted(before - rules.len(), missing)
}
