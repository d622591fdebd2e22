//! The rules of the filtered stream.

use std::collections::BTreeSet;

use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use crate::description::shown;
use crate::problem::{invalid, problem_type, resource_not_found};
use crate::search::Query;
use crate::state::{MAX_RULES, Rule, RuleId, World};
use crate::x::{Answer, Call, Entry, Envelope, Problem};

pub(in super::super) const HANDLERS: &[Entry] = &[
    (Method::GET, "/2/tweets/search/stream/rules", list),
    (Method::POST, "/2/tweets/search/stream/rules", update),
    (Method::GET, "/2/tweets/search/stream/rules/counts", counts),
];

/// How long a rule may be, in characters. The description does not tell.
const MAX_LENGTH: usize = 1024;

/// The id of the app, of which there is one.
const APP: &str = "10000001";

/// The rules' own problems still have the address that all had before.
fn rule_problem(name: &str) -> String {
    format!("https://api.twitter.com/2/problems/{name}")
}

fn render(rule: &Rule) -> Value {
    let mut object = Map::new();
    object.insert("id".to_owned(), rule.id.to_string().into());
    object.insert("value".to_owned(), rule.value.as_str().into());
    if let Some(tag) = &rule.tag {
        object.insert("tag".to_owned(), tag.as_str().into());
    }
    object.into()
}

/// The token of the page after a rule. Those of other lists are longer than this operation takes.
fn token(last: RuleId) -> String {
    format!("{last:016x}")
}

fn list(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let ids: BTreeSet<&str> = call.query.list("ids").collect();
    let missing = ids.iter().filter(|id| id.parse().ok().and_then(|id| call.world.rules.get(id)).is_none());
    let errors = missing.map(|id| resource_not_found("rule", "ids", id)).collect();
    let after = match call.query.get("pagination_token") {
        None => None,
        Some(text) => Some(u64::from_str_radix(text, 16).ok().filter(|last| token(*last) == text).ok_or_else(|| {
            let message = "The `pagination_token` query parameter value is not a token of this list.";
            Problem::invalid_request(vec![invalid("pagination_token", &[text], message)])
        })?),
    };
    let wanted = |rule: &&Rule| ids.is_empty() || ids.contains(rule.id.to_string().as_str());
    let mut rules = call.world.rules.iter().filter(wanted).filter(|rule| after.is_none_or(|last| rule.id > last)).peekable();
    let page: Vec<&Rule> = rules.by_ref().take(call.page_size()).collect();
    let mut meta = Map::new();
    meta.insert("result_count".to_owned(), page.len().into());
    if let (Some(last), Some(_)) = (page.last(), rules.peek()) {
        meta.insert("next_token".to_owned(), token(last.id).into());
    }
    let data: Vec<Value> = page.into_iter().map(render).collect();
    call.answer(Envelope { data: (!data.is_empty()).then(|| data.into()), errors, meta, ..Envelope::default() })
}

/// How many rules there are. The app is alone in its project.
fn counts(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let count = json!({ "client_app_id": APP, "rule_count": call.world.rules.len() });
    let mut data = json!({
        "cap_per_client_app": MAX_RULES.to_string(),
        "cap_per_project": MAX_RULES.to_string(),
        "client_app_rules_count": count,
        "project_rules_count": call.world.rules.len().to_string(),
    });
    if call.view().shows("rules_count", "all_project_client_apps") {
        data["all_project_client_apps"] = json!([count]);
    }
    call.data(data)
}

/// The outcome for the rules of a request.
#[derive(Default)]
struct Outcome {
    data: Vec<Value>,
    errors: Vec<Value>,
    done: usize,
}

/// Adds rules or deletes them: one of the two, so that the counts of the answer are clear.
fn update(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let (add, delete) = (call.body.get("add").cloned(), call.body.get("delete").cloned());
    let dry_run = call.query.flag("dry_run");
    let (outcome, summary) = match (add, delete) {
        (None, None) if call.query.flag("delete_all") => {
            let deleted = call.world.rules.len();
            if !dry_run {
                call.world.rules.clear();
            }
            (Outcome { done: deleted, ..Outcome::default() }, json!({ "deleted": deleted, "not_deleted": 0 }))
        }
        (Some(_), _) | (_, Some(_)) if call.query.flag("delete_all") => {
            let message = "The `delete_all` query parameter goes with neither `add` nor `delete`.";
            return Err(Problem::invalid_request(vec![invalid("delete_all", &["true"], message)]));
        }
        (Some(add), None) => {
            let add = add.as_array().map_or(&[][..], Vec::as_slice);
            if add.is_empty() {
                return Err(Problem::invalid_request(vec![invalid("add", &[], "$.add: must have at least one rule")]));
            }
            let outcome = add_rules(call.world, add, dry_run)?;
            let (created, failed) = (outcome.done, outcome.errors.len());
            (outcome, json!({ "created": created, "not_created": failed, "valid": created, "invalid": failed }))
        }
        (None, Some(delete)) => {
            let list = |name: &str| delete[name].as_array().map_or(&[][..], Vec::as_slice);
            let (ids, values) = (list("ids"), list("values"));
            if ids.is_empty() && values.is_empty() {
                let message = "$.delete: must have `ids` or `values`";
                return Err(Problem::invalid_request(vec![invalid("delete", &[], message)]));
            }
            let outcome = delete_rules(call.world, ids, values, dry_run);
            let summary = json!({ "deleted": outcome.done, "not_deleted": outcome.errors.len() });
            (outcome, summary)
        }
        (None, None) => return Err(Problem::invalid_request(vec![invalid("add", &[], "$: must have one of [add,delete]")])),
        (Some(_), Some(_)) => return Err(Problem::invalid_request(vec![invalid("add", &[], "$: only one of [add,delete] may be given")])),
    };
    let meta = Map::from_iter([("sent".to_owned(), call.world.now().to_string().into()), ("summary".to_owned(), summary)]);
    let data = (!outcome.data.is_empty()).then(|| outcome.data.into());
    call.answer(Envelope { data, errors: outcome.errors, meta, ..Envelope::default() })
}

fn add_rules(world: &mut World, add: &[Value], dry_run: bool) -> Result<Outcome, Problem> {
    if world.rules.len() + add.len() > MAX_RULES {
        let message = format!("The rules of an app may be {MAX_RULES} at most.");
        return Err(Problem::blank(StatusCode::UNPROCESSABLE_ENTITY, message));
    }
    let mut outcome = Outcome::default();
    let mut made = Vec::new();
    for given in add {
        let value = given["value"].as_str().unwrap_or_default();
        match rule(world, value, given["tag"].as_str()) {
            Ok(rule) => {
                outcome.data.push(render(&rule));
                outcome.done += 1;
                made.push(rule.id);
                // It is there at once, so that the same rule further down is seen to be a duplicate.
                world.rules.add(rule);
            }
            Err(error) => outcome.errors.push(error),
        }
    }
    if dry_run {
        for id in made {
            world.rules.remove(id);
        }
    }
    Ok(outcome)
}

/// A new rule, or its fault.
fn rule(world: &mut World, value: &str, tag: Option<&str>) -> Result<Rule, Value> {
    if let Some(same) = world.rules.with_value(value) {
        return Err(json!({
            "value": value,
            "id": same.id.to_string(),
            "title": "DuplicateRule",
            "type": rule_problem("duplicate-rules"),
        }));
    }
    let wrong =
        |detail: String| json!({ "value": value, "details": [detail], "title": "InvalidRule", "type": rule_problem("invalid-rules") });
    let length = value.chars().count();
    if length > MAX_LENGTH {
        return Err(wrong(format!("Rules must be no longer than {MAX_LENGTH} characters: this one has {length}")));
    }
    let query = Query::parse_rule(value).map_err(|error| wrong(error.message))?;
    Ok(Rule { id: world.next_id(), value: value.to_owned(), tag: tag.map(str::to_owned), query })
}

fn delete_rules(world: &mut World, ids: &[Value], values: &[Value], dry_run: bool) -> Outcome {
    let by_id = ids.iter().map(|id| ("ids", shown(id), shown(id).parse().ok().filter(|id| world.rules.get(*id).is_some())));
    let by_value = values.iter().map(|value| ("values", shown(value), world.rules.with_value(&shown(value)).map(|rule| rule.id)));
    let named: Vec<(&str, String, Option<RuleId>)> = by_id.chain(by_value).collect();
    let mut outcome = Outcome::default();
    let mut gone = BTreeSet::new();
    for (parameter, value, id) in named {
        if id.is_some_and(|id| gone.insert(id)) {
            outcome.done += 1;
        } else {
            outcome.errors.push(json!({
                "title": "Invalid Request",
                "detail": "Rule does not exist",
                "type": problem_type("invalid-request"),
                "parameter": parameter,
                "value": value,
            }));
        }
    }
    if !dry_run {
        for id in gone {
            world.rules.remove(id);
        }
    }
    outcome
}
