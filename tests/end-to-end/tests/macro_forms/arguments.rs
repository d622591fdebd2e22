//! Arguments: where each goes, and how it is written there.

use super::*;

#[paragon_request(GET, "/2/circles/{circle_id}/{type}/liked")]
async fn circle_likes<'a, K: Display>(
    twitter: &'a Twitter,
    circle_id: CircleId,
    #[path("type")] kind: K,
    #[query] max_results: Option<u32>,
    #[query(rename = "post.fields", csv)] fields: &'a [PostField],
    #[query("id")] ids: Vec<UserId>,
    #[query] order: Order,
    #[query] other_order: Option<Order>,
    #[query(csv)] some: Option<[u8; 2]>,
    #[query] value: &Value,
    #[header("x-beta")] beta: bool,
    #[header] x_list: &[&str],
    #[header] x_none: Option<String>,
) -> Result<()>;

#[tokio::test]
async fn path_query_and_header_go_where_they_are_told() {
    let (emulator, twitter) = start().await;
    emulator.x().route(Method::GET, "/2/circles/{id}/{type}/liked", |_| json!({}));
    let request = circle_likes(
        &twitter,
        CircleId("a/b ?".to_owned()),
        "k",
        Some(5),
        &[PostField::CreatedAt, PostField::Lang],
        vec![UserId::new("1"), UserId::new("2")],
        Order::Newest,
        Some(Order::Newest),
        Some([1, 2]),
        &json!("a,b"),
        true,
        &["p", "q"],
        None,
    );
    request.await.expect("an answer");
    let request = last(&emulator);
    let expected = "twitter/2/circles/a%2Fb%20%3F/k/liked?max_results=5&post.fields=created_at,lang&id=1&id=2\
                    &order=newest&other_order=newest&some=1,2&value=a%2Cb";
    assert_eq!(target(&request), expected);
    let headers = ["x-beta", "x-list", "x-none"].map(|name| request.header(name));
    assert_eq!(headers, [Some("true"), Some("p,q"), None]);
}

#[tokio::test]
async fn none_empty_and_null_arguments_are_not_sent() {
    let (emulator, twitter) = start().await;
    let id = CircleId("1".to_owned());
    let request = circle_likes(&twitter, id, 2, None, &[], vec![], Order::Newest, None, None, &Value::Null, false, &[], None);
    let _ = request.await;
    let request = last(&emulator);
    assert_eq!(target(&request), "twitter/2/circles/1/2/liked?order=newest");
    assert_eq!(request.header("x-list"), None);
}

#[tokio::test]
async fn a_path_value_cannot_leave_its_segment() {
    let (emulator, twitter) = start().await;
    for id in ["..", "a/..", ""] {
        let id = CircleId(id.to_owned());
        let request = circle_likes(&twitter, id, 2, None, &[], vec![], Order::Newest, None, None, &Value::Null, false, &[], None);
        let error = request.await.expect_err("refused");
        assert!(error.to_string().contains("path parameter `circle_id` of GET /2/circles/{circle_id}/{type}/liked"), "{error}");
    }
    assert!(emulator.requests().is_empty());
}

#[paragon_request(GET, "/2/circles")]
async fn search(twitter: &Twitter, #[query(csv)] filter: &Filter) -> Result<Value>;

#[paragon_request(GET, "/2/circles")]
async fn search_by_map(twitter: &Twitter, #[query] filter: serde_json::Map<String, Value>) -> Result<Value>;

#[tokio::test]
async fn a_struct_is_a_parameter_per_field() {
    let (emulator, twitter) = start().await;
    let filter = Filter { since: Some("1"), until: None, kinds: vec!["a", "b"], strict: true, order: Order::Newest };
    let _ = search(&twitter, &filter).await;
    assert_eq!(target(&last(&emulator)), "twitter/2/circles?kind=a,b&order=newest&since=1&strict=true");
}

#[tokio::test]
async fn an_object_inside_an_object_is_refused() {
    let (emulator, twitter) = start().await;
    let Value::Object(filter) = json!({"a": {"b": 1}}) else { unreachable!() };
    let error = search_by_map(&twitter, filter).await.expect_err("refused");
    assert!(error.to_string().contains("the query parameter `a` of GET /2/circles is an object"), "{error}");
    assert!(emulator.requests().is_empty());
}

#[paragon_request(PUT, "/2/circles/{id}")]
async fn as_whom(twitter: Twitter, id: u64, #[credential] account: Option<&str>, #[timeout] limit: Duration) -> Result<()>;

#[tokio::test]
async fn credential_and_timeout_are_of_this_call() {
    let (emulator, twitter) = start().await;
    let credential = emulator.paragon().credential_id(DEFAULT_USER_ID);
    let request = as_whom(twitter, 1, Some(&credential), Duration::from_secs(5));
    assert!(format!("{request:?}").contains("timeout: Some(5s)"), "{request:?}");
    let _ = request.await;
    assert_eq!(last(&emulator).header("x-paragon-credential"), Some(credential.as_str()));
}

#[paragon_request(GET, "/2/circles/{id}")]
async fn conditional(
    twitter: &Twitter,
    /// Which one.
    id: &str,
    #[cfg(any())]
    #[query]
    never: NoSuchType,
    #[cfg(test)]
    #[query]
    always: u8,
) -> Result<()>;

#[paragon_request(GET, "/2/circles/{id}/{other}")]
async fn configured_apart(
    twitter: &Twitter,
    #[cfg(any())] id: NoSuchType,
    #[cfg(test)] id: &str,
    #[cfg(any())]
    #[path("other")]
    one: NoSuchType,
    #[cfg(test)]
    #[path("other")]
    another: u8,
) -> Result<()>;

#[paragon_request(GET, "/2/circles/{id}")]
async fn unfilled(twitter: &Twitter, #[cfg(any())] id: &str) -> Result<()>;

#[tokio::test]
async fn a_placeholder_is_filled_by_the_argument_that_is_there() {
    let (emulator, twitter) = start().await;
    let _ = configured_apart(&twitter, "1", 2).await;
    assert_eq!(target(&last(&emulator)), "twitter/2/circles/1/2");
    let error = unfilled(&twitter).await.expect_err("refused");
    assert!(error.to_string().contains("a placeholder of GET /2/circles/{id} is filled by no argument"), "{error}");
    assert_eq!(emulator.requests().len(), 1);
}

/// Types in a declaration that a macro of the user makes are in invisible groups.
macro_rules! declare {
    ($name:ident, $method:ident, $path:literal, $id:ty, $answer:ty) => {
        #[paragon_request($method, $path)]
        async fn $name(twitter: &Twitter, id: $id, #[query("q")] query: $id, #[query] list: &[$id]) -> $answer;
    };
}
declare!(by_macro, GET, "/2/circles/{id}", &str, Result<Reply<Value>>);

#[paragon_request(GET, "/2/circles")]
#[allow(unused_parens, reason = "a type may be in parentheses")]
async fn in_parentheses(twitter: (&Twitter), #[query] q: (Option<(u8)>)) -> (Result<(Reply<(Value)>)>);

#[tokio::test]
async fn types_can_stand_in_parentheses_or_come_from_a_macro() {
    let (emulator, twitter) = start().await;
    let _ = by_macro(&twitter, "1", "2", &["3", "4"]).await;
    assert_eq!(target(&last(&emulator)), "twitter/2/circles/1?q=2&list=3&list=4");
    let _ = in_parentheses(&twitter, Some(5)).await;
    assert_eq!(target(&last(&emulator)), "twitter/2/circles?q=5");
}

#[paragon_request(GET, "/2/circles/{id}")]
async fn texts(twitter: &Twitter, id: &str, #[query] q: &str, #[query(csv)] list: &[&str], #[header] x_text: &str) -> Result<()>;

#[tokio::test]
async fn any_text_arrives_as_the_same_text() {
    let (emulator, twitter) = start().await;
    let text = "a/b?c#d%2F&e=f,g+h \u{fc}\u{1f600}{id}";
    let encoded = "a%2Fb%3Fc%23d%252F%26e%3Df%2Cg%2Bh%20%C3%BC%F0%9F%98%80%7Bid%7D";
    let _ = texts(&twitter, text, text, &[text, ""], "plain").await;
    assert_eq!(target(&last(&emulator)), format!("twitter/2/circles/{encoded}?q={encoded}&list={encoded},"));
    let _ = texts(&twitter, "1", "", &[], "").await;
    assert_eq!((target(&last(&emulator)), last(&emulator).header("x-text")), ("twitter/2/circles/1?q=", Some("")));
    let error = texts(&twitter, "1", "", &[], "a\r\nx-other: b").await.expect_err("refused");
    assert!(error.is_unsent() && error.to_string().contains("x-text"), "{error}");
}

#[paragon_request(GET, "/2/circles")]
async fn perhaps(twitter: &Twitter, #[query] filter: Option<&Filter>, #[query] orders: &[Order]) -> Result<()>;

#[tokio::test]
async fn an_optional_struct_and_a_list_of_enums_are_sent() {
    let (emulator, twitter) = start().await;
    let filter = Filter { since: None, until: None, kinds: vec![], strict: false, order: Order::Newest };
    let _ = perhaps(&twitter, Some(&filter), &[Order::Newest, Order::Newest]).await;
    assert_eq!(target(&last(&emulator)), "twitter/2/circles?order=newest&strict=false&orders=newest&orders=newest");
    let _ = perhaps(&twitter, None, &[]).await;
    assert_eq!(target(&last(&emulator)), "twitter/2/circles");
}

#[tokio::test]
async fn an_argument_can_be_configured_away() {
    let (emulator, twitter) = start().await;
    let _ = conditional(&twitter, "1", 2).await;
    assert_eq!(target(&last(&emulator)), "twitter/2/circles/1?always=2");
}
