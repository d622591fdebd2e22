//! The handle of the own account, `twitter.me()`, against the emulator, which refuses any other id in these paths.

use paragon_twitter::{Method, Paragon, Retry, StatusCode, Twitter};
use paragon_twitter_emulator::{DEFAULT_USER_ID, Emulator, Fault};

/// Looks an own id up.
const ME: &str = "/2/users/me";

async fn emulator() -> Emulator {
    Emulator::start().await.expect("a loopback port")
}

fn paragon(emulator: &Emulator) -> Paragon {
    let builder = Paragon::builder(emulator.project_id()).signing_key_pem(emulator.signing_key_pem()).expect("the emulator's key");
    builder.proxy_url(emulator.url()).x_url(emulator.x_url()).retry(Retry::none()).build().expect("a client")
}

fn twitter(emulator: &Emulator) -> Twitter {
    paragon(emulator).user(DEFAULT_USER_ID).twitter()
}

#[tokio::test]
async fn posts_are_liked_reposted_and_bookmarked_and_all_of_it_is_taken_back() {
    let emulator = emulator().await;
    let post = emulator.x().post(DEFAULT_USER_ID, "hello");
    emulator.expect(Method::GET, ME).times(1);
    let me = twitter(&emulator).me();

    assert_eq!(me.like(&post).await.expect("liked").data.liked, Some(true));
    assert_eq!(me.unlike(&post).await.expect("unliked").data.liked, Some(false));

    assert_eq!(me.repost(&post).await.expect("reposted").data.reposted, Some(true));
    assert_eq!(me.unrepost(&post).await.expect("taken back").data.reposted, Some(false));

    me.add_bookmarks([&post]).await.expect("bookmarked");
    let kept = me.bookmarks().await.expect("bookmarks").data;
    assert_eq!(kept.iter().map(|post| post.text.as_str()).collect::<Vec<_>>(), ["hello"]);
    me.remove_bookmark(&post).await.expect("removed");
    assert!(me.bookmarks().await.expect("bookmarks").data.is_empty());
}

#[tokio::test]
async fn users_are_followed_muted_and_blocked_and_all_of_it_is_taken_back() {
    let emulator = emulator().await;
    let other = emulator.x().add_user("Grace Hopper", "grace");
    emulator.x().add_post(&other, "from Grace");
    emulator.expect(Method::GET, ME).times(1);
    let me = twitter(&emulator).me();

    assert_eq!(me.follow(&other).await.expect("followed").data.following, Some(true));
    let followed = me.following().await.expect("followed users").data;
    assert_eq!(followed.iter().map(|user| user.username.as_str()).collect::<Vec<_>>(), ["grace"]);
    let timeline = me.home_timeline().await.expect("a timeline").data;
    assert_eq!(timeline.iter().map(|post| post.text.as_str()).collect::<Vec<_>>(), ["from Grace"]);

    assert_eq!(me.mute(&other).await.expect("muted").data.muting, Some(true));
    assert_eq!(me.muted_users().await.expect("muted users").data.len(), 1);
    assert_eq!(me.unmute(&other).await.expect("unmuted").data.muting, Some(false));
    assert!(me.muted_users().await.expect("muted users").data.is_empty());

    assert_eq!(me.unfollow(&other).await.expect("unfollowed").data.following, Some(false));
    assert_eq!(me.block(&other).await.expect("blocked").data.blocking, Some(true));
    assert_eq!(me.blocked_users().await.expect("blocked users").data.len(), 1);
    assert_eq!(me.unblock(&other).await.expect("unblocked").data.blocking, Some(false));
}

#[tokio::test]
async fn a_list_is_pinned_and_unpinned() {
    let emulator = emulator().await;
    let twitter = twitter(&emulator);
    let list = twitter.lists().create("pioneers").await.expect("a list").data.id;
    let me = twitter.me();

    assert_eq!(me.pin_list(&list).await.expect("pinned").data.pinned, Some(true));
    let pinned = me.pinned_lists().await.expect("pinned lists").data;
    assert_eq!(pinned.iter().map(|list| &list.id).collect::<Vec<_>>(), [&list]);
    assert_eq!(me.unpin_list(&list).await.expect("unpinned").data.pinned, Some(false));
    assert!(me.pinned_lists().await.expect("pinned lists").data.is_empty());
}

#[tokio::test]
async fn operations_without_the_own_id_in_their_path_look_nothing_up() {
    let emulator = emulator().await;
    let me = twitter(&emulator).me();
    assert!(me.followers().await.expect("followers").data.is_empty());
    assert!(me.reposts_of_posts().await.expect("reposts").data.is_empty());
    let asked = emulator.requests().iter().filter(|request| request.path.ends_with(ME)).count();
    assert_eq!(asked, 0);
    assert_eq!(me.get().await.expect("me").data.username, "ada");
}

#[tokio::test]
async fn all_calls_at_the_same_time_share_one_look_up() {
    let emulator = emulator().await;
    let posts: Vec<String> = (0..20).map(|number| emulator.x().post(DEFAULT_USER_ID, &format!("post {number}"))).collect();
    emulator.expect(Method::GET, ME).times(1);
    emulator.expect(Method::POST, "/2/users/{id}/likes").times(20);
    let paragon = paragon(&emulator);
    // Handles of their own, which have nothing in common but the client.
    let calls = posts.iter().map(|post| tokio::spawn(paragon.user(DEFAULT_USER_ID).twitter().me().like(post).into_future()));
    for call in calls.collect::<Vec<_>>() {
        assert_eq!(call.await.expect("it does not panic").expect("liked").data.liked, Some(true));
    }
}

#[tokio::test]
async fn an_id_that_is_given_is_not_looked_up() {
    let emulator = emulator().await;
    let post = emulator.x().post(DEFAULT_USER_ID, "hello");
    let id = emulator.paragon().x_user_id(DEFAULT_USER_ID);
    emulator.expect(Method::GET, ME).never();
    let me = twitter(&emulator).with_own_id(&id).me();
    assert_eq!(me.like(&post).await.expect("liked").data.liked, Some(true));
    assert_eq!(me.home_timeline().await.expect("a timeline").data.len(), 1);
}

#[tokio::test]
async fn each_credential_has_an_id_of_its_own() {
    let emulator = emulator().await;
    let post = emulator.x().post(DEFAULT_USER_ID, "hello");
    let second = emulator.paragon().connect(DEFAULT_USER_ID, "Ada at Work", "ada_works");
    let first = emulator.paragon().credential_id(DEFAULT_USER_ID);
    emulator.expect(Method::GET, ME).times(2);
    let user = paragon(&emulator).user(DEFAULT_USER_ID);
    for _ in 0..2 {
        for credential in [&first, &second] {
            // X would refuse the id of the other account.
            user.clone().with_credential(credential).twitter().me().like(&post).await.expect("liked");
        }
    }
    let posts = user.twitter().posts();
    assert_eq!(posts.liking_users(&post).await.expect("users").data.len(), 2);
}

#[tokio::test]
async fn pages_look_the_id_up_once() {
    let emulator = emulator().await;
    for number in 0..3 {
        let other = emulator.x().add_user("A user", &format!("user_{number}"));
        twitter(&emulator).with_own_id(emulator.paragon().x_user_id(DEFAULT_USER_ID)).me().mute(&other).await.expect("muted");
    }
    emulator.expect(Method::GET, ME).times(1);
    let mut pages = twitter(&emulator).me().muted_users().max_results(1).pages();
    let mut names = Vec::new();
    while let Some(page) = pages.next().await {
        names.extend(page.expect("a page").data.into_iter().map(|user| user.username));
    }
    names.sort();
    assert_eq!(names, ["user_0", "user_1", "user_2"]);
}

#[tokio::test]
async fn a_failing_look_up_is_told_as_such_and_the_next_call_tries_again() {
    let emulator = emulator().await;
    let post = emulator.x().post(DEFAULT_USER_ID, "hello");
    emulator.faults().add(Fault::status(503).on(Method::GET, ME).times(1));
    emulator.expect(Method::POST, "/2/users/{id}/likes").times(1);
    let me = twitter(&emulator).me();

    let error = me.like(&post).await.expect_err("the look-up fails");
    let expected = "users.like (POST /2/users/{id}/likes): the own id is looked up first, and that failed: users.me (GET /2/users/me)";
    assert!(error.to_string().starts_with(expected), "{error}");
    assert!(error.is_unsent() && error.status() == Some(StatusCode::SERVICE_UNAVAILABLE), "{error}");
    assert_eq!(me.like(&post).await.expect("liked").data.liked, Some(true));
}
