//! X's side.

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use serde_json::Value;

use crate::extra::Response;
use crate::message::RecordedRequest;
use crate::paragon::INTEGRATION;
use crate::shared::Shared;
use crate::state::Processing;
use crate::x::Profile;

/// X: users, posts, media, messages, rate limits, routes and the clock.
///
/// `user_id` is the id of a user of Paragon, and stands for the first account that this user has connected; `x_user_id` is the id of a user of X.
#[derive(Clone, Copy)]
pub struct XHandle<'a> {
    shared: &'a Shared,
}

impl<'a> XHandle<'a> {
    pub(super) fn new(shared: &'a Shared) -> Self {
        Self { shared }
    }

    /// Adds a user of X whom nobody has connected, and returns the id. An existing user with this username stays as it is.
    ///
    /// # Panics
    ///
    /// If X allows no such username: a mistake in the test that asks.
    #[track_caller]
    pub fn add_user(self, name: &str, username: &str) -> String {
        // Panics for the test author, as an assertion would; the lock is released by now.
        self.shared.add_user(name, username).unwrap_or_else(|mistake| panic!("{mistake}"))
    }

    /// Sets the profile of a user of X.
    ///
    /// # Panics
    ///
    /// If there is no such user: a mistake in the test that asks.
    #[track_caller]
    pub fn set_profile(self, x_user_id: &str, profile: Profile) {
        self.shared.set_profile(x_user_id, profile).unwrap_or_else(|| no_such_user(x_user_id));
    }

    /// Makes a post as the first account that a user of Paragon has connected, without any of X's checks, and returns its id.
    ///
    /// # Panics
    ///
    /// If that user has connected none: a mistake in the test that asks.
    #[track_caller]
    pub fn post(self, user_id: &str, text: &str) -> String {
        let post = self.shared.post(user_id, text);
        // Panics for the test author, as an assertion would; all locks are released by now.
        post.unwrap_or_else(|| panic!("{user_id} has no connected account in this emulator"))
    }

    /// Makes a post as any user of X, without any of X's checks, and returns its id.
    ///
    /// # Panics
    ///
    /// If there is no such user: a mistake in the test that asks.
    #[track_caller]
    pub fn add_post(self, x_user_id: &str, text: &str) -> String {
        self.shared.add_post(x_user_id, text).unwrap_or_else(|| no_such_user(x_user_id))
    }

    /// Sets fields of a post or a user that responses show when they are asked for: figures that no state here has, such as impressions, or facts
    /// that X alone would know. Objects are filled up with the given fields; null takes a field away. Private fields are shown to the author, or to
    /// the user, only. Nothing else knows of the fields, search for example. They replace the fields set before for the same id.
    ///
    /// ```
    /// # use serde_json::json;
    /// # async fn example() -> std::io::Result<()> {
    /// let emulator = paragon_twitter_emulator::Emulator::start().await?;
    /// let id = emulator.x().post("user-42", "Hello World!");
    /// emulator.x().set_fields(&id, json!({ "public_metrics": { "impression_count": 1200, "like_count": 34 } }));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If there is no such post or user, or the description has no such field, or another value for it: a mistake in the test that asks.
    #[track_caller]
    pub fn set_fields(self, id: &str, fields: Value) {
        // Panics for the test author, as an assertion would; the lock is released by now.
        self.shared.set_fields(id, &fields).unwrap_or_else(|mistake| panic!("{mistake}"));
    }

    /// Labels a post with a warning, which the stream of labels reports.
    ///
    /// # Panics
    ///
    /// If there is no such post: a mistake in the test that asks.
    #[track_caller]
    pub fn label_post(self, post_id: &str, title: &str) {
        let labeled = post_id.parse().is_ok_and(|id| self.shared.world().label(id, title));
        assert!(labeled, "there is no post {post_id} in this emulator");
    }

    /// Sets how the next upload is processed once it is finalized; the second call is for the upload after it, and so on. Any other upload of an
    /// image is ready at once, and one of a video or GIF the second time that its state is asked for.
    ///
    /// ```
    /// # async fn example() -> std::io::Result<()> {
    /// let emulator = paragon_twitter_emulator::Emulator::start().await?;
    /// emulator.x().process_next_upload(paragon_twitter_emulator::Processing::fails_after(1));
    /// # Ok(())
    /// # }
    /// ```
    pub fn process_next_upload(self, processing: Processing) {
        self.shared.world().media.plan(processing);
    }

    /// Makes the first account that a user of Paragon has connected leave a group, for which X has no operation: the other members see
    /// `ParticipantsLeave`.
    ///
    /// # Panics
    ///
    /// If that user has connected none, or the account is not in such a group: a mistake in the test that asks.
    #[track_caller]
    pub fn leave_conversation(self, user_id: &str, conversation_id: &str) {
        let left = self.shared.leave_conversation(user_id, conversation_id);
        assert!(left, "{user_id} is in no group {conversation_id} in this emulator");
    }

    /// Sets how many requests an operation takes from each caller in a window, in place of the builder's limit. Its windows start anew. The path is
    /// the template of the description, `/2/users/{id}`.
    ///
    /// # Panics
    ///
    /// If the description has no such operation: a mistake in the test that asks.
    #[track_caller]
    pub fn set_rate_limit(self, method: Method, path: &str, requests: u32, window: Duration) {
        assert!(self.shared.set_rate_limit(&method, path, requests, window), "the description has no {method} {path}");
    }

    /// Sets how many requests in 24 hours all operations together take from each user, and how many from the app as a whole; `None`, the state at
    /// the start, is no limit. Responses then have the headers `x-user-limit-24hour-…` and `x-app-limit-24hour-…`.
    pub fn set_daily_limits(self, user: Option<u32>, app: Option<u32>) {
        self.shared.limits().set_daily(user, app);
    }

    /// Puts X's clock forward: rate-limit windows end, new posts are younger. Your own clock stays, so that the windows which begin then end that much
    /// later by it. The validity of tokens is not touched: see [`ParagonHandle::advance`](crate::ParagonHandle::advance) and
    /// [`ParagonHandle::expire_tokens`](crate::ParagonHandle::expire_tokens).
    pub fn advance(self, by: Duration) {
        self.shared.world().advance(by);
    }

    /// Adds a route of X, which goes before the emulator's own, through Paragon's proxy and directly. `{name}` in the path stands for any one
    /// segment.
    ///
    /// ```
    /// # use http::Method;
    /// # async fn example() -> std::io::Result<()> {
    /// let emulator = paragon_twitter_emulator::Emulator::start().await?;
    /// emulator.x().route(Method::GET, "/2/circles/{id}", |_| serde_json::json!({"data": {"id": "12"}}));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If the path does not begin with `/`: a mistake in the test that asks.
    #[track_caller]
    pub fn route<R: Into<Response>>(self, method: Method, path: &str, respond: impl Fn(&RecordedRequest) -> R + Send + Sync + 'static) {
        let added = self.shared.routes().add(INTEGRATION, method, path, Arc::new(move |request| respond(request).into()));
        // Panics for the test author, as an assertion would; the lock is released by now.
        added.unwrap_or_else(|mistake| panic!("{mistake}"));
    }
}

#[track_caller]
fn no_such_user<T>(id: &str) -> T {
    // Panics for the test author, as an assertion would; the lock is released by now.
    panic!("there is no user {id} in this emulator")
}
