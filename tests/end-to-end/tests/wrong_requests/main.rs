//! For every operation requests that are wrong in one place, made from the description and sent as they are: each has to be refused with the
//! right status, and by an answer that names the fault.

mod requests;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use end_to_end::{Description, Operation};
use paragon_twitter_emulator::{DEFAULT_USER_ID, Emulator};
use requests::{Caller, Case, Kind, Request, cases};
use serde_json::Value;

#[test]
fn the_requests_that_the_wrong_ones_are_made_from_are_right() {
    let description = Description::load();
    let mut faults = Vec::new();
    for operation in description.operations() {
        let request = Request::valid(&description, operation);
        for parameter in operation.parameters.iter().filter(|parameter| parameter.required) {
            let value = values::valid(&description, &parameter.schema);
            faults.extend(description.faults(&parameter.schema, &value).into_iter().map(|fault| (operation.name(), fault)));
        }
        let schema = operation.body.as_ref().and_then(|body| body.media.get("application/json"));
        let body = request.body.and_then(|body| serde_json::from_slice::<Value>(&body).ok());
        let body_faults = schema.zip(body).map(|(schema, body)| description.faults(schema, &body)).unwrap_or_default();
        faults.extend(body_faults.into_iter().map(|fault| (operation.name(), fault)));
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[tokio::test]
async fn every_operation_refuses_what_is_wrong_and_names_it() {
    let description = Description::load();
    let emulator = Emulator::builder().rate_limit(1_000_000).start().await.expect("a loopback port");
    let sender = Sender::new(&emulator);
    let (mut counts, mut failures) = (BTreeMap::<Kind, usize>::new(), Vec::new());
    let mut refused = BTreeSet::new();
    for operation in description.operations() {
        for case in cases(&description, operation) {
            *counts.entry(case.kind).or_default() += 1;
            match sender.refusal(&case).await {
                Ok(()) => drop(refused.insert(operation.name())),
                Err(failure) => failures.push(format!("{} {:?} {}: {failure}", operation.name(), case.kind, case.name)),
            }
        }
    }
    for (kind, count) in &counts {
        println!("{:24} {count:5}", format!("{kind:?}"));
    }
    println!("{} of {} operations, {} requests", refused.len(), description.operations().len(), counts.values().sum::<usize>());
    assert!(failures.is_empty(), "{} requests were not refused as they should be:\n{}", failures.len(), failures.join("\n"));
    assert_eq!(refused, description.operations().iter().map(Operation::name).collect());
}

/// Sends requests as they are.
struct Sender {
    client: reqwest::Client,
    through_paragon: String,
    user_token: String,
    direct: String,
    app_token: String,
}

impl Sender {
    fn new(emulator: &Emulator) -> Self {
        Self {
            client: reqwest::Client::new(),
            through_paragon: format!("{}/projects/{}/sdk/proxy/twitter", emulator.url(), emulator.project_id()),
            user_token: emulator.user_token(DEFAULT_USER_ID),
            direct: emulator.x_url().to_owned(),
            app_token: emulator.bearer_token().to_owned(),
        }
    }

    /// Whether a request is refused as it has to be.
    async fn refusal(&self, case: &Case) -> Result<(), String> {
        let (base, token) = match case.request.caller {
            Caller::User => (&self.through_paragon, &self.user_token),
            Caller::App => (&self.direct, &self.app_token),
        };
        let method = case.request.method.parse().map_err(|_| "not a method".to_owned())?;
        let mut request = self.client.request(method, format!("{base}{}", case.request.path_and_query()));
        request = request.bearer_auth(token).header("X-Paragon-Use-Raw-Response", "1");
        if let Some(body) = &case.request.body {
            request = request.header("content-type", &case.request.media_type).body(body.clone());
        }
        let answer = request.send().await.map_err(|error| error.to_string())?;
        let status = answer.status().as_u16();
        if answer.status().is_success() {
            // Not read: it may be a stream.
            return Err(format!("taken, with status {status}"));
        }
        let body = answer.text().await.map_err(|error| error.to_string())?;
        if status == case.status && names(&body, case) { Ok(()) } else { Err(format!("{status} {body:.400}")) }
    }
}

/// Returns whether an answer names the mistake.
fn names(body: &str, case: &Case) -> bool {
    let Ok(problem) = serde_json::from_str::<Value>(body) else { return false };
    let kind = problem["type"].as_str().and_then(|kind| kind.rsplit('/').next()).unwrap_or_default();
    match case.kind {
        Kind::Authentication => kind == case.name,
        Kind::MediaType => body.contains(&case.name),
        Kind::Path(_) | Kind::Query(_) | Kind::Body(_) => {
            let complete = ["title", "detail"].iter().all(|key| problem[key].is_string());
            let errors = || problem["errors"].as_array().into_iter().flatten();
            let explained = errors().all(|error| error["message"].is_string());
            // The rest of the request is right, so nothing else may be blamed.
            let blamed = errors().flat_map(|error| error["parameters"].as_object().into_iter().flatten()).map(|(name, _)| name.as_str());
            kind == "invalid-request" && complete && explained && blamed.collect::<BTreeSet<_>>() == BTreeSet::from([case.name.as_str()])
        }
    }
}
