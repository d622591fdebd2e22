//! Paragon's users API, and the proxy's answers by the state of an account.

mod support;

use paragon_twitter_emulator::{CredentialStatus, DEFAULT_USER_ID, Emulator};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use support::{as_user, get, send, start};

const CREDENTIAL: &str = "X-Paragon-Credential";
const CONFIGURATION: &str = "X-Paragon-Configuration-Id";

fn sdk(emulator: &Emulator, user: &str, method: Method, path: &str) -> RequestBuilder {
    let url = format!("{}/projects/{}/sdk/{path}", emulator.url(), emulator.project_id());
    Client::new().request(method, url).bearer_auth(emulator.user_token(user))
}

async fn me(emulator: &Emulator, user: &str) -> Value {
    send(sdk(emulator, user, Method::GET, "me")).await.ok()
}

async fn set_meta(emulator: &Emulator, body: &Value) -> support::Answer {
    let request = sdk(emulator, DEFAULT_USER_ID, Method::PATCH, "me");
    send(request.header("Content-Type", "application/json").body(body.to_string())).await
}

async fn integration_id(emulator: &Emulator) -> String {
    let list = send(sdk(emulator, DEFAULT_USER_ID, Method::GET, "integrations")).await.ok();
    list[0]["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn a_user_has_the_state_of_each_integration() {
    let emulator = start().await;
    let user = me(&emulator, DEFAULT_USER_ID).await;
    assert_eq!((&user["authenticated"], &user["userId"], &user["meta"]), (&json!(true), &json!(DEFAULT_USER_ID), &json!({})));
    let twitter = &user["integrations"]["twitter"];
    let credential = emulator.paragon().credential_id(DEFAULT_USER_ID);
    assert_eq!(twitter["enabled"], true);
    assert_eq!((&twitter["credentialId"], &twitter["credentialStatus"]), (&json!(credential), &json!("VALID")));
    assert_eq!(twitter["providerId"], emulator.paragon().x_user_id(DEFAULT_USER_ID));
    assert_eq!(twitter["providerData"]["username"], "ada");
    assert_eq!(twitter["configuredWorkflows"], json!({}));

    let [account] = twitter["allCredentials"].as_array().expect("credentials").as_slice() else { panic!("{twitter}") };
    assert_eq!(account["id"], credential);
    assert_eq!(account["projectId"], emulator.project_id());
    assert_eq!(account["integrationId"], integration_id(&emulator).await);
    assert_eq!((&account["status"], &account["providerId"]), (&twitter["credentialStatus"], &twitter["providerId"]));
    for name in ["dateCreated", "dateUpdated", "dateRefreshed"] {
        let date = account[name].as_str().expect("a date");
        assert!(date.parse::<jiff::Timestamp>().is_ok() && date.len() == "2021-03-24T12:19:21.511Z".len(), "{date}");
    }
    let others = ["personaId", "config", "isPreviewCredential", "providerData", "dateValidUntil", "refreshFailureCount", "externalId"];
    for name in others {
        assert!(account.get(name).is_some(), "{name}");
    }
}

#[tokio::test]
async fn a_user_who_has_connected_nothing_has_integrations_that_are_off() {
    let emulator = start().await;
    let user = me(&emulator, "nobody").await;
    assert_eq!(user["userId"], "nobody");
    assert_eq!(user["integrations"], json!({ "twitter": { "enabled": false, "allCredentials": [] } }));
}

#[tokio::test]
async fn metadata_is_added_to_what_there_is() {
    let emulator = start().await;
    let user = set_meta(&emulator, &json!({ "meta": { "Name": "Ada", "plan": "free" } })).await.ok();
    assert_eq!(user["meta"], json!({ "Name": "Ada", "plan": "free" }));
    set_meta(&emulator, &json!({ "meta": { "plan": "Zürich" } })).await.ok();
    let expected = json!({ "Name": "Ada", "plan": "Zürich" });
    assert_eq!(me(&emulator, DEFAULT_USER_ID).await["meta"], expected);
    assert_eq!(Value::Object(emulator.paragon().user_meta(DEFAULT_USER_ID)), expected);
    assert!(emulator.paragon().user_meta("nobody").is_empty());
}

#[tokio::test]
async fn metadata_that_is_no_object_is_a_tree_of_what_is_wrong() {
    let emulator = start().await;
    for body in [json!({}), json!({ "meta": "a" }), json!({ "meta": null }), json!([])] {
        let answer = set_meta(&emulator, &body).await;
        assert_eq!(answer.status, 400);
        let error = answer.json();
        assert_eq!(error["status"], 400);
        assert_eq!(error["message"][0]["property"], "meta");
        assert_eq!(error["message"][0]["constraints"], json!({ "isObject": "meta must be an object" }));
        assert_eq!(error["message"][0]["children"], json!([]));
    }
    let answer = send(sdk(&emulator, DEFAULT_USER_ID, Method::PATCH, "me").body("meta=1")).await;
    answer.paragon(415);
}

#[tokio::test]
async fn the_integrations_of_the_project_are_x_and_those_with_routes() {
    let emulator = start().await;
    for integration in ["custom/ab-12", "slack", "custom/ab-12"] {
        emulator.paragon().route(integration, Method::GET, "/v1", |_| json!({}));
    }
    emulator.paragon().workflow("w1", |_| json!({}));
    let list = send(sdk(&emulator, DEFAULT_USER_ID, Method::GET, "integrations")).await.ok();
    let list = list.as_array().expect("a list");
    let types: Vec<_> = list.iter().map(|integration| (&integration["type"], &integration["customIntegrationId"])).collect();
    assert_eq!(types, [(&json!("twitter"), &Value::Null), (&json!("custom"), &json!("ab-12")), (&json!("slack"), &Value::Null)]);
    let mut ids: Vec<_> = list.iter().map(|integration| integration["id"].as_str().expect("an id")).collect();
    ids.dedup();
    assert_eq!(ids.len(), 3);
    assert_eq!(list[0]["configs"][0]["values"]["workflowMeta"], json!({ "w1": { "id": "w1" } }));

    let user = me(&emulator, DEFAULT_USER_ID).await;
    assert_eq!(user["integrations"]["custom.ab-12"]["enabled"], true);
}

#[tokio::test]
async fn an_account_is_described_with_its_secret_only_if_asked_for() {
    let emulator = start().await;
    let second = emulator.paragon().connect(DEFAULT_USER_ID, "Grace Hopper", "grace");
    let credentials = |query: &str| sdk(&emulator, DEFAULT_USER_ID, Method::GET, &format!("credentials{query}"));

    let first = send(credentials("?integration=twitter&includeAccountAuth=false")).await.ok();
    assert_eq!(first["id"], emulator.paragon().credential_id(DEFAULT_USER_ID));
    assert!(first.get("accountAuth").is_none());
    let chosen = send(credentials("?integration=twitter&includeAccountAuth=true").header(CREDENTIAL, &second)).await.ok();
    assert_eq!(chosen["id"], second);
    assert!(chosen["accountAuth"]["OAUTH_ACCESS_TOKEN"].as_str().is_some_and(|token| !token.is_empty()));

    let all = send(credentials("")).await.ok();
    assert_eq!(all.as_array().map(Vec::len), Some(2));
    send(credentials("?integration=slack")).await.paragon(404);
    send(credentials("?integration=twitter").header(CREDENTIAL, "nonsense")).await.paragon(403);

    let none = send(sdk(&emulator, "nobody", Method::GET, "credentials?integration=twitter&includeAccountAuth=false")).await;
    assert_eq!((none.status, none.text.as_str()), (200, ""));
}

#[tokio::test]
async fn disconnecting_takes_one_account_and_leaves_the_others() {
    let emulator = start().await;
    let first = emulator.paragon().credential_id(DEFAULT_USER_ID);
    let second = emulator.paragon().connect(DEFAULT_USER_ID, "Grace Hopper", "grace");
    let disconnect = |id: &str, credential: &str| {
        sdk(&emulator, DEFAULT_USER_ID, Method::DELETE, &format!("integrations/{id}")).header(CREDENTIAL, credential)
    };
    let id = integration_id(&emulator).await;
    send(disconnect("nonsense", &first)).await.paragon(404);
    send(disconnect(&id, "nonsense")).await.paragon(403);
    let answer = send(disconnect(&id, &first)).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, ""));

    assert_eq!(emulator.paragon().credential_ids(DEFAULT_USER_ID), [second.as_str()]);
    assert_eq!(get(&emulator, "/2/users/me").await.ok()["data"]["username"], "grace");
    send(disconnect(&id, &second)).await;
    assert!(get(&emulator, "/2/users/me").await.paragon(403).contains("not connected"));
    assert_eq!(me(&emulator, DEFAULT_USER_ID).await["integrations"]["twitter"]["enabled"], false);
}

#[tokio::test]
async fn an_account_that_is_not_valid_is_refused_by_the_proxy_and_shown_by_the_users_api() {
    let emulator = start().await;
    let second = emulator.paragon().connect(DEFAULT_USER_ID, "Grace Hopper", "grace");
    let first = emulator.paragon().credential_id(DEFAULT_USER_ID);
    for (status, name) in [(CredentialStatus::Invalid, "INVALID"), (CredentialStatus::Pending, "PENDING")] {
        emulator.paragon().set_credential_status(&first, status);
        let answer = get(&emulator, "/2/users/me").await;
        assert_eq!(answer.json()["code"], "7003");
        assert!(answer.paragon(403).contains(name));
        let twitter = &me(&emulator, DEFAULT_USER_ID).await["integrations"]["twitter"];
        assert_eq!(twitter["credentialStatus"], name);
        assert_eq!((&twitter["allCredentials"][0]["status"], &twitter["allCredentials"][1]["status"]), (&json!(name), &json!("VALID")));
        // The user's other account is as good as before.
        send(as_user(&emulator, DEFAULT_USER_ID, Method::GET, "/2/users/me").header(CREDENTIAL, &second)).await.ok();
    }
    emulator.paragon().set_credential_status(DEFAULT_USER_ID, CredentialStatus::Valid);
    get(&emulator, "/2/users/me").await.ok();
}

#[tokio::test]
async fn a_bad_token_is_told_before_the_state_of_the_account() {
    let emulator = start().await;
    emulator.paragon().set_credential_status(DEFAULT_USER_ID, CredentialStatus::Invalid);
    for path in ["me", "integrations", "credentials", "proxy/twitter/2/users/me"] {
        let url = format!("{}/projects/{}/sdk/{path}", emulator.url(), emulator.project_id());
        send(Client::new().get(&url)).await.paragon(401);
        send(Client::new().get(&url).bearer_auth("a.b.c")).await.paragon(401);
    }
}

#[tokio::test]
async fn scopes_are_all_there_until_a_test_says_otherwise() {
    let emulator = start().await;
    let scope = async || {
        let user = me(&emulator, DEFAULT_USER_ID).await;
        user["integrations"]["twitter"]["providerData"]["scope"].as_str().expect("scopes").to_owned()
    };
    assert!(scope().await.split(' ').any(|scope| scope == "tweet.write"));
    emulator.paragon().set_scopes(DEFAULT_USER_ID, ["tweet.read", "users.read"]);
    assert_eq!(scope().await, "tweet.read users.read");
}

#[tokio::test]
async fn a_configuration_goes_together_with_its_credential() {
    let emulator = start().await;
    let credential = emulator.paragon().credential_id(DEFAULT_USER_ID);
    let configuration = emulator.paragon().add_configuration(&credential);
    let twitter = &me(&emulator, DEFAULT_USER_ID).await["integrations"]["twitter"];
    let configurations = &twitter["allCredentials"][0]["configurations"];
    assert_eq!(configurations[1]["id"], configuration);
    assert_eq!((&configurations[0]["isDefault"], &configurations[1]["isDefault"]), (&json!(true), &json!(false)));

    let request = || as_user(&emulator, DEFAULT_USER_ID, Method::GET, "/2/users/me").header(CONFIGURATION, &configuration);
    assert!(send(request()).await.paragon(400).contains("together with X-Paragon-Credential"));
    send(request().header(CREDENTIAL, &credential)).await.ok();
    let other = emulator.paragon().connect(DEFAULT_USER_ID, "Grace Hopper", "grace");
    assert!(send(request().header(CREDENTIAL, other)).await.paragon(400).contains("no such configuration"));
}

#[tokio::test]
async fn workflows_are_turned_on_and_off_for_a_configuration() {
    let emulator = start().await;
    let credential = emulator.paragon().credential_id(DEFAULT_USER_ID);
    let configuration = emulator.paragon().add_configuration(&credential);
    let workflow = |method: Method, id: &str| sdk(&emulator, DEFAULT_USER_ID, method, &format!("workflows/{id}"));
    let there = |request: RequestBuilder| request.header(CREDENTIAL, &credential).header(CONFIGURATION, &configuration);
    for request in [workflow(Method::POST, "w1"), there(workflow(Method::POST, "w2")), there(workflow(Method::POST, "w1"))] {
        let answer = send(request).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, ""));
    }
    assert_eq!(emulator.paragon().enabled_workflows(DEFAULT_USER_ID), ["w1", "w2"]);
    assert_eq!(emulator.paragon().enabled_workflows(&credential), ["w1", "w2"]);
    let twitter = &me(&emulator, DEFAULT_USER_ID).await["integrations"]["twitter"];
    assert_eq!(twitter["configuredWorkflows"], json!({ "w1": { "enabled": true, "settings": {} } }));
    let settings = &twitter["allCredentials"][0]["configurations"][1]["workflowSettings"];
    assert_eq!(settings.as_object().map(|settings| settings.len()), Some(2));

    for request in [there(workflow(Method::DELETE, "w1")), there(workflow(Method::DELETE, "w2")), workflow(Method::DELETE, "w3")] {
        assert_eq!(send(request).await.status, 200);
    }
    assert_eq!(emulator.paragon().enabled_workflows(DEFAULT_USER_ID), ["w1"]);
    emulator.paragon().disconnect(DEFAULT_USER_ID);
    assert!(emulator.paragon().enabled_workflows(DEFAULT_USER_ID).is_empty());
    assert!(send(workflow(Method::POST, "w1")).await.paragon(403).contains("not connected"));
}

#[tokio::test]
async fn a_verb_that_an_address_does_not_have_is_not_found() {
    let emulator = start().await;
    for (method, path) in
        [(Method::POST, "me"), (Method::GET, "workflows/w"), (Method::PATCH, "integrations/i"), (Method::GET, "triggers/w")]
    {
        let message = send(sdk(&emulator, DEFAULT_USER_ID, method.clone(), path)).await.paragon(404);
        assert!(message.contains(&format!("Cannot {method} ")), "{message}");
    }
}
