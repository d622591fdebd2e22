//! Receivers of calls: clients, methods, traits, other integrations.

use super::*;

/// Operations as methods that `Twitter` gets.
pub trait Circles: AsRef<Twitter> {
    /// One circle.
    #[paragon_request(GET, "/2/circles/{id}")]
    async fn circle(&self, id: &str) -> Result<()>;
}

impl Circles for Twitter {}

/// A group, as the generated ones are.
pub struct Group<'t>(&'t Twitter);

pub trait Groups {
    fn circles(&self) -> Group<'_>;
}

impl Groups for Twitter {
    fn circles(&self) -> Group<'_> {
        Group(self)
    }
}

impl Group<'_> {
    /// Who likes it.
    #[paragon_request(GET, "/2/circles/{id}/likes", client = self.0, name = "circles.likes")]
    pub async fn likes(&self, id: &str) -> Result<()>;
}

struct Owned {
    twitter: Twitter,
}

impl AsRef<Twitter> for Owned {
    fn as_ref(&self) -> &Twitter {
        &self.twitter
    }
}

impl Owned {
    #[paragon_request(DELETE, "/2/circles/{id}")]
    async fn delete(self, id: &str) -> Result<()>;

    #[paragon_request(GET, "/2/circles")]
    async fn all(#[client] api: &std::sync::Arc<Twitter>) -> Result<()>;
}

#[paragon_request(GET, "/2/circles")]
async fn through<C: Client>(#[client] client: &C) -> Result<()>;

#[paragon_request(GET, "/2/circles")]
async fn through_any(client: &impl Client) -> Result<()>;

#[tokio::test]
async fn a_call_is_made_through_whatever_holds_a_client() {
    let (emulator, twitter) = start().await;
    let _ = twitter.circle("1").await;
    let _ = twitter.circles().likes("2").await;
    let _ = Owned { twitter: twitter.clone() }.delete("3").await;
    let _ = Owned::all(&std::sync::Arc::new(twitter.clone())).await;
    let _ = through(twitter.user()).await;
    let _ = through_any(&Owned { twitter: twitter.clone() }).await;
    let _ = through_any(&twitter.user().integration("twitter")).await;
    let paths: Vec<_> = emulator.requests().iter().map(|request| format!("{} {}", request.method, target(request))).collect();
    let expected = ["GET", "GET", "DELETE", "GET", "GET", "GET", "GET"].into_iter().zip(["/1", "/2/likes", "/3", "", "", "", ""]);
    assert_eq!(paths, expected.map(|(method, rest)| format!("{method} twitter/2/circles{rest}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_method_has_the_name_that_it_is_given() {
    let (_emulator, twitter) = start().await;
    let error = twitter.circles().likes("2").await.expect_err("no such route");
    assert!(error.to_string().starts_with("circles.likes (GET /2/circles/{id}/likes): "), "{error}");
}

#[paragon_request(POST, "/chat.postMessage", integration = "slack")]
async fn post_message(slack: &Integration, #[body] message: &Value) -> Result<Value>;

#[paragon_request(POST, "/chat.postMessage", integration = "slack")]
async fn post_as_user(user: &ParagonUser, #[body] message: &Value) -> Result<Reply<Message>>;

#[derive(Debug, Deserialize)]
struct Message {
    ok: bool,
}

#[paragon_request(GET, "/v1/{thing}", integration = "custom/ab-12")]
async fn thing(user: ParagonUser, thing: &str) -> Result<Message>;

#[paragon_request(GET, "/v1/{thing}")]
async fn of_any(at: &Integration, thing: &str) -> Result<Message>;

#[paragon_request(POST, "/v1/{thing}", integration = "slack")]
async fn whatever_it_says(at: &Integration, thing: &str) -> Result<()>;

#[tokio::test]
async fn an_answer_that_does_not_matter_need_not_be_json() {
    let (emulator, twitter) = start().await;
    emulator.paragon().route("slack", Method::POST, "/v1/{thing}", |_| Bytes::from_static(b"ok"));
    whatever_it_says(&twitter.user().integration("slack"), "x").await.expect("a success");
}

#[paragon_request(GET, "/v1/{thing}", integration = "slack")]
async fn of_slack(client: &impl Client, thing: &str) -> Result<Message>;

#[tokio::test]
async fn another_integration_answers_without_an_envelope() {
    let (emulator, twitter) = start().await;
    emulator.paragon().route("slack", Method::POST, "/chat.postMessage", |request| json!({"ok": true, "message": request.json()}));
    emulator.paragon().route("custom/ab-12", Method::GET, "/v1/{thing}", |_| json!({"ok": true}));
    let (user, message) = (twitter.user(), json!({"text": "hi"}));

    let answer = post_message(&user.integration("slack"), &message).await.expect("an answer");
    assert_eq!(answer, json!({"ok": true, "message": {"text": "hi"}}));
    let request = last(&emulator);
    assert_eq!((target(&request), request.header("x-paragon-use-raw-response")), ("slack/chat.postMessage", Some("1")));

    let answer = post_as_user(user, &message).await.expect("an answer");
    assert_eq!((answer.data.ok, answer.status), (true, StatusCode::OK));

    assert!(thing(user.clone(), "a b").await.expect("an answer").ok);
    assert_eq!(target(&last(&emulator)), "custom/ab-12/v1/a%20b");
    assert!(of_any(&user.integration("custom/ab-12"), "x").await.expect("an answer").ok);
    assert_eq!(target(&last(&emulator)), "custom/ab-12/v1/x");
}

#[tokio::test]
async fn an_operation_is_called_at_its_own_integration_alone() {
    let (emulator, twitter) = start().await;
    let error = of_slack(&twitter, "x").await.expect_err("X is not Slack");
    assert!(error.to_string().contains("belongs to the integration slack and was called at twitter"), "{error}");
    let error = of_slack(&twitter.user().integration("jira"), "x").await.expect_err("Jira is not Slack");
    assert!(error.to_string().contains("called at jira"), "{error}");
    assert!(emulator.requests().is_empty());
}

#[tokio::test]
async fn an_integration_can_be_called_untyped() {
    let (emulator, twitter) = start().await;
    emulator.paragon().route("slack", Method::GET, "/conversations.list", |_| json!({"ok": true}));
    let slack = twitter.user().integration("slack");
    let answer: Value = slack.request(Method::GET, "conversations.list").query("limit", 1).await.expect("an answer");
    assert_eq!((answer, slack.name()), (json!({"ok": true}), "slack"));
    assert_eq!(target(&last(&emulator)), "slack/conversations.list?limit=1");
    let count = emulator.requests().len();
    for name in ["", "..", "a/b", "custom/", "custom/a/b", "/slack"] {
        let error = twitter.user().integration(name).request(Method::GET, "x").await.expect_err("no integration");
        assert!(error.is_unsent(), "{name}: {error}");
    }
    let error = slack.request(Method::GET, "x").with_app_only().await.expect_err("not X");
    assert!(error.to_string().contains("for X alone"), "{error}");
    assert_eq!(emulator.requests().len(), count);
}
