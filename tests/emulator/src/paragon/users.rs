//! The users API: the user, their integrations and accounts, and which workflows are on.

use http::StatusCode;
use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use super::state::{Account, Chosen, User};
use super::{INTEGRATION, json_body, nothing};
use crate::message::{Answer, RecordedRequest};
use crate::problem::ParagonError;
use crate::shared::Shared;

/// The integrations of the project, by name and id: X and those that routes were added for.
fn all_integrations(shared: &Shared) -> Vec<(String, String)> {
    let mut names = vec![INTEGRATION.to_owned()];
    names.extend(shared.routes().integrations().into_iter().filter(|name| name != INTEGRATION));
    let numbered = names.into_iter().zip(1..);
    numbered.map(|(name, number)| (name, format!("10e94a11-0000-4000-8000-{number:012}"))).collect()
}

/// The id of X's integration, which is always the first.
fn integration_id(shared: &Shared) -> String {
    all_integrations(shared).swap_remove(0).1
}

/// How the SDK names an integration, as opposed to the proxy.
fn type_name(name: &str) -> String {
    name.strip_prefix("custom/").map_or_else(|| name.to_owned(), |id| format!("custom.{id}"))
}

fn show(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

fn ok(body: &Value) -> Answer {
    Answer::json(StatusCode::OK, body)
}

pub(super) fn me(shared: &Shared, user: &str) -> Answer {
    let all = all_integrations(shared);
    let context = Context { project_id: &shared.project_id, integration_id: &all[0].1 };
    let mut paragon = shared.paragon();
    let known = paragon.user(user);
    let integrations: Map<String, Value> = all.iter().map(|(name, _)| (type_name(name), context.integration(name, known))).collect();
    ok(&json!({ "authenticated": true, "userId": user, "meta": known.meta, "integrations": integrations, "resources": [] }))
}

/// The properties that the descriptions of accounts have in common.
struct Context<'a> {
    project_id: &'a str,
    integration_id: &'a str,
}

impl Context<'_> {
    /// The state of an integration for a user. The JavaScript SDK fails on one without a list of credentials.
    fn integration(&self, name: &str, user: &User) -> Value {
        if name != INTEGRATION {
            return json!({ "enabled": true, "allCredentials": [] });
        }
        let Some(first) = user.accounts.first() else { return json!({ "enabled": false, "allCredentials": [] }) };
        let all: Vec<Value> = user.accounts.iter().map(|account| self.credential(account, &user.persona)).collect();
        json!({
            "enabled": true,
            "credentialId": first.credential,
            "credentialConfigId": first.configurations[0].id,
            "credentialStatus": first.status.as_str(),
            "providerId": first.user.to_string(),
            "providerData": provider_data(first),
            "configuredWorkflows": workflow_settings(first, 0),
            "allCredentials": all,
        })
    }

    fn credential(&self, account: &Account, persona: &str) -> Value {
        let configurations: Vec<Value> = (0..account.configurations.len()).map(|number| configuration(account, number)).collect();
        json!({
            "id": account.credential,
            "dateCreated": show(account.created),
            "dateUpdated": show(account.updated),
            "projectId": self.project_id,
            "integrationId": self.integration_id,
            "personaId": persona,
            "config": { "configuredWorkflows": workflow_settings(account, 0) },
            "configurations": configurations,
            "isPreviewCredential": false,
            "providerId": account.user.to_string(),
            "providerData": provider_data(account),
            "status": account.status.as_str(),
            "dateRefreshed": show(account.created),
            "dateValidUntil": null,
            "refreshFailureCount": 0,
            "externalId": null,
        })
    }
}

/// The data that X gave Paragon when the account was connected.
fn provider_data(account: &Account) -> Value {
    json!({ "username": account.username, "scope": account.scopes.join(" ") })
}

fn workflow_settings(account: &Account, configuration: usize) -> Map<String, Value> {
    let workflows = account.configurations.get(configuration).into_iter().flat_map(|configuration| &configuration.workflows);
    workflows.map(|id| (id.clone(), json!({ "enabled": true, "settings": {} }))).collect()
}

fn configuration(account: &Account, number: usize) -> Value {
    json!({
        "id": account.configurations[number].id,
        "dateCreated": show(account.created),
        "dateUpdated": show(account.updated),
        "connectCredentialId": account.credential,
        "workflowSettings": workflow_settings(account, number),
        "sharedSettings": {},
        "configMeta": {},
        "externalId": null,
        "isDefault": number == 0,
    })
}

/// Properties that are not named stay: the JavaScript SDK relies on that as well.
pub(super) fn set_meta(shared: &Shared, user: &str, request: &RecordedRequest) -> Result<Answer, ParagonError> {
    let body = json_body(request)?.unwrap_or_default();
    let Some(meta) = body.get("meta").and_then(Value::as_object) else {
        return Err(ParagonError::validation(&[("meta", "isObject", "meta must be an object".to_owned())]));
    };
    shared.paragon().user(user).meta.extend(meta.clone());
    Ok(me(shared, user))
}

pub(super) fn integrations(shared: &Shared) -> Answer {
    let mut workflows: Vec<String> = shared.paragon().workflows.keys().cloned().collect();
    workflows.sort_unstable();
    let list = all_integrations(shared).into_iter().map(|(name, id)| {
        let custom = name.strip_prefix("custom/");
        let workflows: &[String] = if name == INTEGRATION { &workflows } else { &[] };
        let meta: Map<String, Value> = workflows.iter().map(|id| (id.clone(), json!({ "id": id }))).collect();
        json!({
            "id": id,
            "projectId": shared.project_id,
            "type": if custom.is_some() { "custom" } else { &name },
            "name": custom.unwrap_or(&name),
            "isActive": true,
            "authenticationType": "oauth",
            "customIntegrationId": custom,
            "customIntegration": custom.map(|id| json!({ "id": id, "projectId": shared.project_id, "name": id, "slug": id })),
            "hasCredential": true,
            "connectedUserLimitReached": false,
            "workflows": workflows.iter().map(|id| json!({ "id": id })).collect::<Vec<_>>(),
            "configs": [{ "id": format!("c0{}", &id[2..]), "integrationId": id, "values": { "workflowMeta": meta } }],
        })
    });
    ok(&list.collect())
}

/// Which integration an id stands for is looked at, although only one can be disconnected.
pub(super) fn disconnect(shared: &Shared, user: &str, id: &str, request: &RecordedRequest) -> Result<Answer, ParagonError> {
    if id != integration_id(shared) {
        return Err(ParagonError::not_found(format!("The project has no integration {id} that an account can be disconnected from.")));
    }
    let mut paragon = shared.paragon();
    let chosen = paragon.choose_connected(user, &request.headers)?;
    paragon.disconnect(&chosen.account.credential);
    Ok(nothing())
}

/// A parameter of the query; of several with one name, the first.
fn parameter(request: &RecordedRequest, name: &str) -> Option<String> {
    let pairs = request.query()?.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    pairs.map(|(key, value)| (decode(key), decode(value))).find(|(key, _)| key == name).map(|(_, value)| value)
}

/// One account if an integration is named, and otherwise all of them.
pub(super) fn credentials(shared: &Shared, user: &str, request: &RecordedRequest) -> Result<Answer, ParagonError> {
    let wanted = parameter(request, "integration");
    if let Some(unknown) = wanted.as_deref().filter(|wanted| *wanted != INTEGRATION) {
        return Err(ParagonError::not_found(format!("The project has no integration {unknown} with accounts.")));
    }
    let with_auth = parameter(request, "includeAccountAuth").as_deref() == Some("true");
    let integration_id = integration_id(shared);
    let context = Context { project_id: &shared.project_id, integration_id: &integration_id };
    let mut paragon = shared.paragon();
    let chosen = paragon.choose(user, &request.headers)?;
    let known = paragon.user(user);
    let describe = |account: &Account| {
        let mut credential = context.credential(account, &known.persona);
        if with_auth {
            credential["accountAuth"] = json!({ "OAUTH_ACCESS_TOKEN": account.access_token() });
        }
        credential
    };
    Ok(match (wanted, chosen) {
        (None, _) => ok(&known.accounts.iter().map(|account| describe(account)).collect()),
        (Some(_), Some(chosen)) => ok(&describe(&chosen.account)),
        // To the JavaScript SDK, no account is no body.
        (Some(_), None) => nothing(),
    })
}

/// Turns a workflow on or off. Any id will do: which workflows there are is not the emulator's to know.
pub(super) fn set_workflow(shared: &Shared, user: &str, id: &str, on: bool, request: &RecordedRequest) -> Result<Answer, ParagonError> {
    let mut paragon = shared.paragon();
    let Chosen { account, configuration } = paragon.choose_connected(user, &request.headers)?;
    paragon.change(&account.credential, |account| {
        if let Some(configuration) = account.configurations.get_mut(configuration) {
            if on {
                configuration.workflows.insert(id.to_owned());
            } else {
                configuration.workflows.remove(id);
            }
        }
    });
    Ok(nothing())
}
