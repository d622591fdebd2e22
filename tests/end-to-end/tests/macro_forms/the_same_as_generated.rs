//! A declared operation sends the same request as the generated one.

use super::*;

#[paragon_request(GET, "/2/users/me", scopes = ["users.read", "tweet.read"])]
async fn me(twitter: &Twitter, #[query("user.fields", csv)] fields: &[UserField]) -> Result<Reply<User>>;

#[paragon_request(POST, "/2/tweets", scopes = ["tweet.write"])]
async fn create(twitter: &Twitter, #[body] post: &Value) -> Result<Reply<Post>>;

#[paragon_request(GET, "/2/users/{id}/tweets", page = "pagination_token")]
fn posts(
    twitter: &Twitter,
    id: &UserId,
    #[query] max_results: Option<u32>,
    #[query(rename = "post.fields", csv)] fields: &[PostField],
) -> Items<Post>;

#[tokio::test]
async fn a_get() {
    let (emulator, twitter) = start().await;
    let fields = [UserField::CreatedAt, UserField::Verified];
    let generated = twitter.users().me().user_fields(fields.clone()).await.expect("me");
    let declared = me(&twitter, &fields).await.expect("me");
    assert_eq!(declared.data, generated.data);
    let requests = emulator.requests();
    assert_eq!(seen(&requests[0]), seen(&requests[1]));
}

#[tokio::test]
async fn a_post() {
    let (emulator, twitter) = start().await;
    let generated = twitter.posts().create().text("Hello World!").await.expect("a post");
    let declared = create(&twitter, &json!({"text": "Hello World!"})).await.expect_err("it is a duplicate");
    assert_eq!((generated.status, declared.status()), (StatusCode::CREATED, Some(StatusCode::FORBIDDEN)));
    let declared = create(&twitter, &json!({"text": "Hello again"})).await.expect("a post");
    assert_eq!((declared.status, declared.data.text.as_str()), (StatusCode::CREATED, "Hello again"));
    let requests = emulator.requests();
    assert_eq!(seen(&requests[0]), seen(&requests[1]));
}

#[tokio::test]
async fn a_post_with_more_set_by_the_caller() {
    let (emulator, twitter) = start().await;
    let credential = emulator.paragon().credential_id(DEFAULT_USER_ID);
    let _ = twitter.posts().create().text("Hi").with_credential(&credential).with_field("beta", true).with_header("x-a", "b").await;
    let _ = create(&twitter, &json!({"text": "Hi"})).with_credential(&credential).with_field("beta", true).with_header("x-a", "b").await;
    let requests = emulator.requests();
    assert_eq!(seen(&requests[0]), seen(&requests[1]));
    assert_eq!(requests[1].json(), Some(json!({"text": "Hi", "beta": true})));
}

#[tokio::test]
async fn a_paged_list() {
    let (emulator, twitter) = start().await;
    for number in 0..23 {
        emulator.x().post(DEFAULT_USER_ID, &format!("post {number}"));
    }
    let id = UserId::new(emulator.paragon().x_user_id(DEFAULT_USER_ID));
    let fields = [PostField::CreatedAt, PostField::Lang];
    let mut generated = twitter.users().posts(&id).max_results(10).post_fields(fields.clone()).items();
    let mut declared = posts(&twitter, &id, Some(10), &fields);
    let mut count = 0;
    while let Some(expected) = generated.next().await {
        let post = declared.next().await.expect("as many").expect("a post");
        assert_eq!(post, expected.expect("a post"));
        count += 1;
    }
    assert!(declared.next().await.is_none());
    assert_eq!((count, emulator.requests().len()), (23, 6));
    let (one, two): (Vec<_>, Vec<_>) = emulator.requests().iter().map(seen).enumerate().partition(|(index, _)| index % 2 == 0);
    let plain = |list: Vec<(usize, _)>| list.into_iter().map(|(_, seen)| seen).collect::<Vec<_>>();
    assert_eq!(plain(one), plain(two));
}

#[tokio::test]
async fn an_error_names_the_call_and_its_template() {
    let (_emulator, twitter) = start().await;
    let error = posts(&twitter, &UserId::new("x"), Some(1), &[]).next().await.expect("an answer").expect_err("no such id");
    assert!(error.to_string().starts_with("posts (GET /2/users/{id}/tweets): "), "{error}");
}
