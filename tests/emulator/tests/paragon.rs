//! Paragon's proxy: tokens, addresses, credentials, raw and wrapped answers.

mod support;

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use paragon_twitter_emulator::{Emulator, Listener};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use support::{Answer, as_user, get, post, proxy, send, start};

const ME: &str = "/2/users/me";

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

fn claims(emulator: &Emulator) -> Value {
    let aud = format!("useparagon.com/{}", emulator.project_id());
    json!({ "sub": "user-42", "aud": aud, "iat": now(), "exp": now() + 60 })
}

fn sign(emulator: &Emulator, claims: &Value) -> String {
    let key = EncodingKey::from_rsa_pem(emulator.signing_key_pem().as_bytes()).expect("a key");
    encode(&Header::new(Algorithm::RS256), claims, &key).expect("a token")
}

fn me(emulator: &Emulator) -> RequestBuilder {
    Client::new().get(format!("{}{ME}", proxy(emulator)))
}

async fn me_with(emulator: &Emulator, token: &str) -> Answer {
    send(me(emulator).bearer_auth(token)).await
}

#[tokio::test]
async fn a_token_signed_with_the_signing_key_is_accepted() {
    let emulator = start().await;
    let answer = me_with(&emulator, &sign(&emulator, &claims(&emulator))).await.ok();
    assert_eq!(answer["output"]["data"]["username"], "ada");
}

#[tokio::test]
async fn each_bad_token_is_refused_with_a_message_of_its_own() {
    let emulator = start().await;
    let changed = |name: &str, value: Value| {
        let mut claims = claims(&emulator);
        claims[name] = value;
        sign(&emulator, &claims)
    };
    let without = |name: &str| {
        let mut claims = claims(&emulator);
        claims.as_object_mut().expect("an object").remove(name);
        sign(&emulator, &claims)
    };
    let valid = sign(&emulator, &claims(&emulator));
    let foreign = changed("sub", json!("someone else"));
    // The head and claims of one token, and the signature of another.
    let forged = format!("{}.{}", valid.rsplit_once('.').expect("dots").0, foreign.rsplit_once('.').expect("dots").1);
    let symmetric = encode(&Header::new(Algorithm::HS256), &claims(&emulator), &EncodingKey::from_secret(b"secret")).expect("a token");
    let cases = [
        ("garbage".to_owned(), "not a well-formed JWT"),
        ("a.b.c".to_owned(), "not a well-formed JWT"),
        (changed("exp", json!(now() - 1)), "has expired"),
        (changed("aud", json!("useparagon.com/another-project")), "wrong audience"),
        (forged, "signature"),
        (symmetric, "RS256"),
        (without("exp"), "`exp`"),
        (without("aud"), "`aud`"),
        (without("sub"), "`sub`"),
        (without("iat"), "iat"),
    ];
    for (token, expected) in cases {
        let message = me_with(&emulator, &token).await.paragon(401);
        assert!(message.contains(expected), "{expected}: {message}");
        assert!(!message.contains(&token), "a token does not belong into a message");
    }
}

#[tokio::test]
async fn a_request_without_a_bearer_token_is_refused() {
    let emulator = start().await;
    let message = send(me(&emulator)).await.paragon(401);
    assert!(message.contains("missing"), "{message}");
    let message = send(me(&emulator).basic_auth("user", Some("password"))).await.paragon(401);
    assert!(message.contains("no bearer token"), "{message}");
}

#[tokio::test]
async fn the_name_of_the_scheme_has_no_case() {
    let emulator = start().await;
    let token = emulator.user_token("user-42");
    send(me(&emulator).header("Authorization", format!("bearer {token}"))).await.ok();
}

#[tokio::test]
async fn an_address_that_is_not_there_is_not_found() {
    let emulator = start().await;
    let project = emulator.project_id();
    let cases = [
        ("/".to_owned(), "Cannot GET"),
        (format!("/projects/{project}/sdk/you"), "Cannot GET"),
        (format!("/projects/{project}/sdk/proxy/"), "Cannot GET"),
        (format!("/projects//sdk/proxy/twitter{ME}"), "Cannot GET"),
        (format!("/projects/another-project/sdk/proxy/twitter{ME}"), "no project another-project"),
        (format!("/projects/{project}/sdk/proxy/slack/api/x"), "no integration slack"),
        (format!("/projects/{project}/sdk/proxy/custom/twitter{ME}"), "no integration custom"),
    ];
    for (path, expected) in cases {
        let request = Client::new().get(format!("{}{path}", emulator.url())).bearer_auth(emulator.user_token("user-42"));
        let message = send(request).await.paragon(404);
        assert!(message.contains(expected), "{path}: {message}");
    }
}

#[tokio::test]
async fn the_project_and_its_users_are_those_of_the_builder() {
    let builder = Emulator::builder().project_id("mine").account("u1", "Grace Hopper", "grace");
    let emulator = builder.start().await.expect("a free port");
    assert!(proxy(&emulator).ends_with("/projects/mine/sdk/proxy/twitter"));
    let answer = send(as_user(&emulator, "u1", Method::GET, ME)).await.ok();
    assert_eq!(answer, json!({ "data": { "id": emulator.paragon().x_user_id("u1"), "name": "Grace Hopper", "username": "grace" } }));
    send(as_user(&emulator, "user-42", Method::GET, ME)).await.paragon(403);
}

#[tokio::test]
async fn a_user_without_a_connected_account_is_told_to_connect_one() {
    let emulator = start().await;
    let answer = send(as_user(&emulator, "nobody", Method::GET, ME)).await;
    assert_eq!(answer.json()["code"], "7003");
    assert!(answer.paragon(403).contains("not connected"));

    emulator.paragon().disconnect("user-42");
    assert!(get(&emulator, ME).await.paragon(403).contains("not connected"));
}

#[tokio::test]
async fn a_credential_picks_one_of_several_accounts() {
    let builder =
        Emulator::builder().account("u", "Ada Lovelace", "ada").account("u", "Grace Hopper", "grace").account("v", "Alan", "alan");
    let emulator = builder.start().await.expect("a free port");
    let credentials = emulator.paragon().credential_ids("u");
    assert_eq!(credentials[0], emulator.paragon().credential_id("u"));
    let with = |credential: &str| as_user(&emulator, "u", Method::GET, ME).header("X-Paragon-Credential", credential);

    assert_eq!(send(as_user(&emulator, "u", Method::GET, ME)).await.ok()["data"]["username"], "ada");
    assert_eq!(send(with(&credentials[0])).await.ok()["data"]["username"], "ada");
    assert_eq!(send(with(&credentials[1])).await.ok()["data"]["username"], "grace");
    for other in ["nonsense", &emulator.paragon().credential_id("v")] {
        let message = send(with(other)).await.paragon(403);
        assert!(message.contains("no such credential"), "{message}");
    }
}

#[tokio::test]
async fn two_users_may_connect_the_same_account() {
    let builder = Emulator::builder().account("u", "Ada Lovelace", "ada").account("v", "Ada Lovelace", "Ada");
    let emulator = builder.start().await.expect("a free port");
    assert_eq!(emulator.paragon().x_user_id("u"), emulator.paragon().x_user_id("v"));
    assert_ne!(emulator.paragon().credential_id("u"), emulator.paragon().credential_id("v"));
}

#[tokio::test]
async fn the_path_may_travel_in_a_header() {
    let emulator = start().await;
    let url = proxy(&emulator);
    let with = |base: &str, target: &str| {
        let request = Client::new().get(base).bearer_auth(emulator.user_token("user-42"));
        request.header("X-Paragon-Use-Raw-Response", "1").header("X-Paragon-Proxy-Url", target)
    };
    let targets = [
        "/2/users/me?user.fields=verified",
        "2/users/me?user.fields=verified",
        "https://api.x.com/2/users/me?user.fields=verified",
        "https://api.twitter.com/2/users/me?user.fields=verified",
    ];
    for target in targets {
        for base in [url.clone(), format!("{url}/")] {
            assert_eq!(send(with(&base, target)).await.ok()["data"]["verified"], false, "{target}");
        }
    }
    for elsewhere in ["https://example.com/2/users/me", "https://api.x.com.example.com/2/users/me", "http://api.x.com/2/users/me"] {
        let message = send(with(&url, elsewhere)).await.paragon(400);
        assert!(message.contains("no URL of twitter"), "{message}");
    }
    for both in [format!("{url}{ME}"), format!("{url}?a=b")] {
        let message = send(with(&both, ME)).await.paragon(400);
        assert!(message.contains("either in the URL or in the header"), "{message}");
    }
}

#[tokio::test]
async fn a_path_in_a_header_may_hold_another_url_in_its_query() {
    let emulator = start().await;
    emulator.x().route(Method::GET, "/2/echo", |_| json!({ "here": true }));
    let request = Client::new().get(proxy(&emulator)).bearer_auth(emulator.user_token("user-42"));
    let answer = send(request.header("X-Paragon-Proxy-Url", "2/echo?url=https://example.com/")).await.ok();
    assert_eq!(answer, json!({ "output": { "here": true } }));
}

#[tokio::test]
async fn slashes_beyond_the_first_are_passed_on() {
    let emulator = start().await;
    get(&emulator, "//2/users/me").await.problem(404, "about:blank");
    get(&emulator, "/2/users//me").await.problem(404, "about:blank");
}

#[tokio::test]
async fn any_verb_passes_in_both_forms_and_to_any_integration() {
    let emulator = start().await;
    let verbs = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];
    for integration in ["twitter", "slack", "custom/ab-12"] {
        for verb in &verbs {
            emulator.paragon().route(integration, verb.clone(), "/v1/{thing}", |request| json!(request.method.as_str()));
            let base = format!("{}/projects/{}/sdk/proxy/{integration}", emulator.url(), emulator.project_id());
            let origin = if integration == "twitter" { "https://api.x.com" } else { "https://api.example.com" };
            let in_url = Client::new().request(verb.clone(), format!("{base}/v1/a"));
            let in_header = Client::new().request(verb.clone(), &base).header("X-Paragon-Proxy-Url", "v1/a");
            let full = Client::new().request(verb.clone(), &base).header("X-Paragon-Proxy-Url", format!("{origin}/v1/a"));
            for request in [in_url, in_header, full] {
                let request = request.bearer_auth(emulator.user_token("user-42")).header("X-Paragon-Use-Raw-Response", "1");
                assert_eq!(send(request).await.ok(), verb.as_str(), "{integration}");
            }
        }
    }
}

#[tokio::test]
async fn a_call_without_a_path_is_refused() {
    let emulator = start().await;
    let message = send(as_user(&emulator, "user-42", Method::GET, "/")).await.paragon(400);
    assert!(message.contains("no path"), "{message}");
}

#[tokio::test]
async fn a_body_must_be_json_and_say_so() {
    let emulator = start().await;
    let request = |media_type: Option<&str>, body: &'static str| {
        let request = as_user(&emulator, "user-42", Method::POST, "/2/tweets").body(body);
        media_type.into_iter().fold(request, |request, media_type| request.header("Content-Type", media_type))
    };
    for media_type in [None, Some("text/plain"), Some("application/x-www-form-urlencoded")] {
        let message = send(request(media_type, r#"{"text":"a"}"#)).await.paragon(415);
        assert!(message.contains("application/json"), "{message}");
    }
    let message = send(request(Some("application/json"), "{")).await.paragon(400);
    assert!(message.contains("not valid JSON"), "{message}");
    let answer = send(request(Some("Application/JSON; charset=utf-8"), r#"{"text":"a"}"#)).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
}

#[tokio::test]
async fn a_raw_answer_is_that_of_x() {
    let emulator = start().await;
    let created = post(&emulator, json!({ "text": "Hello World!" })).await;
    assert_eq!(created.status, 201);
    assert_eq!(created.header("x-rate-limit-limit"), "900");
    assert_eq!(created.json()["data"]["text"], "Hello World!");
    get(&emulator, "/2/nowhere").await.problem(404, "about:blank");
}

#[tokio::test]
async fn without_the_raw_header_an_answer_is_wrapped() {
    let emulator = start().await;
    for raw in [None, Some("0")] {
        let request = me(&emulator).bearer_auth(emulator.user_token("user-42"));
        let answer = send(raw.into_iter().fold(request, |request, raw| request.header("X-Paragon-Use-Raw-Response", raw))).await;
        assert_eq!(answer.header("x-rate-limit-limit"), "", "X's headers do not pass");
        assert_eq!(answer.ok()["output"]["data"]["name"], "Ada Lovelace");
    }
    let request = Client::new().post(format!("{}/2/tweets", proxy(&emulator))).bearer_auth(emulator.user_token("user-42"));
    let created = send(request.header("Content-Type", "application/json").body(r#"{"text":"a"}"#)).await.ok();
    assert_eq!(created["output"]["data"]["text"], "a");
}

#[tokio::test]
async fn without_the_raw_header_an_error_of_x_is_an_integration_error() {
    let emulator = start().await;
    let url = format!("{}/2/users/me?nonsense=1", proxy(&emulator));
    let answer = send(Client::new().get(url).bearer_auth(emulator.user_token("user-42"))).await;
    assert_eq!(answer.status, 400);
    let expected = json!({
        "message": "One or more parameters to your request was invalid.",
        "status": 400,
        "meta": { "isIntegrationError": true },
    });
    assert_eq!(answer.json(), expected);
}

#[tokio::test]
async fn every_request_is_recorded_as_it_came() {
    let emulator = start().await;
    get(&emulator, "/2/users/me?user.fields=created_at%2Cverified").await;
    post(&emulator, json!({ "text": "a" })).await;
    send(Client::new().get(format!("{}/2/users/1", emulator.x_url()))).await;

    let requests = emulator.requests();
    assert_eq!(requests.len(), 3);
    assert_eq!((requests[0].listener, &requests[0].method), (Listener::Paragon, &Method::GET));
    let prefix = format!("/projects/{}/sdk/proxy/twitter", emulator.project_id());
    assert_eq!(requests[0].path, format!("{prefix}/2/users/me?user.fields=created_at%2Cverified"));
    assert_eq!(requests[0].header("x-paragon-use-raw-response"), Some("1"));
    assert!(requests[0].header("authorization").is_some_and(|value| value.starts_with("Bearer ey")));
    assert!(requests[0].body.is_empty());
    assert_eq!(requests[1].json(), Some(json!({ "text": "a" })));
    assert_eq!((requests[2].listener, requests[2].path.as_str()), (Listener::X, "/2/users/1"));
    assert_eq!(requests[2].header("authorization"), None);
}

#[tokio::test]
async fn a_stopped_emulator_answers_nobody() {
    let emulator = start().await;
    let (url, x_url) = (emulator.url().to_owned(), emulator.x_url().to_owned());
    emulator.stop().await;
    for url in [url, x_url] {
        assert!(Client::new().get(url).send().await.is_err_and(|error| error.is_connect()));
    }
}

#[tokio::test]
async fn a_dropped_emulator_closes_its_ports_and_its_connections() {
    let emulator = start().await;
    let client = Client::new();
    let urls = [emulator.url().to_owned(), emulator.x_url().to_owned()];
    for url in &urls {
        // Leaves a connection open in the client's pool.
        client.get(url).send().await.expect("an answer").bytes().await.expect("a body");
    }
    drop(emulator);
    for url in &urls {
        // The drop itself cannot wait, so the runtime may need a few turns.
        let refused = async { while client.get(url).send().await.is_ok() {} };
        tokio::time::timeout(std::time::Duration::from_secs(10), refused).await.expect("the end of service");
    }
}

#[tokio::test]
async fn a_port_that_is_taken_is_an_error() {
    let emulator = start().await;
    let port = emulator.url().rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    let error = Emulator::builder().port(port).start().await.expect_err("the port is taken");
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
}
