//! Paragon and X on a loopback port, for tests and for trying things out without an account of either.
//!
//! An [`Emulator`] is a real HTTP server with two listeners: Paragon, whose proxy acts as a connected user, and X's own API,
//! which takes an app-only token or the access token of a user. Both reach the same users and posts.
//!
//! ```
//! use paragon_twitter_emulator::Emulator;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! let emulator = Emulator::start().await?;
//! let id = emulator.x().post("user-42", "Hello World!");
//! println!("GET {}/projects/{}/sdk/proxy/twitter/2/tweets/{id}", emulator.url(), emulator.project_id());
//! println!("Authorization: Bearer {}", emulator.user_token("user-42"));
//! # Ok(())
//! # }
//! ```
//!
//! The emulator is as strict as the real services: it refuses the parameters, fields and content types that they refuse. Where Paragon's behavior
//! is not public (most error codes, the order of its checks), a comment in the code gives the choice made here. Build nothing on it.
//!
//! # Parts
//!
//! | handle | sets up and shows |
//! |---|---|
//! | [`Emulator`] | URLs, keys and tokens, the requests received, [expectations](Emulator::expect) |
//! | [`Emulator::x`] | users, posts, fields, uploads, messages, rate limits, routes and the clock of X |
//! | [`Emulator::paragon`] | connected accounts, credentials, scopes, expired tokens, workflows, App Events, other integrations |
//! | [`Emulator::faults`] | errors, resets, slow, cut and changed responses |
//! | [`Emulator::streams`] | open streams: their number, their end, silence |
//! | [`Emulator::webhooks`] | deliveries to webhooks |
//!
//! # State
//!
//! Most operations work on one state: posts, users, lists, bookmarks, media, direct messages, and the events of these for streams and webhooks. Search
//! and counts take times up to ten seconds ago, as X does, but find a new post at once.
//!
//! The other operations have no state. They check requests like all others and return data made from the description: the same data for the same
//! request and [seed](EmulatorBuilder::seed), 25 items in each list. An object that one of them creates is unknown to the others. These are all
//! operations whose paths begin with
//!
//! - `/2/account`, `/2/articles`, `/2/bots`, `/2/broadcasts`, `/2/calls`, `/2/chat`, `/2/communities`, `/2/news`, `/2/notes`, `/2/region`,
//!   `/2/sources`, `/2/spaces`, `/2/trends` or `/2/usage`,
//! - `/2/media/analytics` or `/2/tweets/analytics`,
//! - `/2/users/personalized_trends`, `/2/users/public_keys`, `/2/users/{id}/affiliates`, `/2/users/{id}/broadcasts`, `/2/users/{id}/public_keys` or
//!   `/2/users/{id}/sources`.
//!
//! [`XHandle::route`] replaces made data by a response of the test's own.
//!
//! Partitions of a stream share the events: the first event of each kind is in partition 1, and the later ones are spread evenly, the same in each run.
//! Together they have each event once. A sample leaves nothing out.
//!
//! A compliance job whose ids are uploaded is in progress at the first request for its state, and complete at the second; its results exist after
//! the first. The clock plays no part in that, but uploads end after 15 minutes and downloads after a week.
//!
//! # Webhooks
//!
//! A webhook on the loopback interface, over plain HTTP, works as at X. `POST /2/webhooks` and `PUT /2/webhooks/{id}` send it the CRC check, for which
//! it has to know the [consumer secret](WebhooksHandle::consumer_secret). A webhook that fails the first check is not registered; after a failure of a later
//! check it is invalid, and gets nothing until it passes. The emulator posts documents to the webhook, signed with that secret: matches of the filtered
//! stream that it is linked to, activity of `/2/activity/subscriptions`, and account activity of subscribed users, which has posts and users in the form
//! of X's API v1.1, without media.
//!
//! Documents that wait for a webhook when it fails a check are dropped. They are not among the deliveries, and no replay brings them, nor the events
//! until the webhook passes.
//!
//! A webhook gets one document after the other, each once. A failed delivery is not tried again; `POST /2/webhooks/replay` posts it once more. Up to
//! 1024 documents wait for a webhook; one more counts as a failed delivery. [`WebhooksHandle::settled`] waits for all of them, and
//! [`WebhooksHandle::deliveries`] returns the outcomes.
//!
//! The emulator calls nothing but the loopback interface. A webhook elsewhere, at `https://example.com/` for example, is valid at once and gets nothing;
//! so is a webhook on the loopback interface with `https`.
//!
//! # From other languages
//!
//! `cargo run -p paragon-twitter-emulator -- --port 8080` runs the emulator as a program. The methods of [`Emulator`] and of its parts are an HTTP API as
//! well, under `/_emulator` of Paragon's listener, for clients on the same machine. Bodies are JSON in both directions. A request without a result is
//! answered 204, a mistake in the body 400, an unknown name or id 404, each with a `message`. These requests are not recorded. `whose` is the id of
//! a user of Paragon, for all of the user's accounts, or the id of one credential. A filtered stream needs a rule before it is opened.
//!
//! | request | body | response | in Rust |
//! |---|---|---|---|
//! | `GET /_emulator` | | `{"url", "x_url", "project_id", "bearer_token", "consumer_secret", "users", "links"}` | the URLs and keys; the users with their accounts; these requests, in `links` |
//! | `POST /_emulator/reset` | | | [`reset`](Emulator::reset): ids are new ones, tokens stay good |
//! | `POST /_emulator/tokens` | `{"user_id"}` | `{"token"}` | [`user_token`](Emulator::user_token) |
//! | `GET /_emulator/requests` | | `{"requests": [{"listener", "method", "path", "headers", "body"}]}` | [`requests`](Emulator::requests) |
//! | `DELETE /_emulator/requests` | | | [`clear_requests`](Emulator::clear_requests) |
//! | `GET /_emulator/exchanges` | | `{"exchanges": [{"request", "status", "headers", "body", "duration_us"}]}` | [`exchanges`](Emulator::exchanges) |
//! | `POST /_emulator/paragon/users` | `{"user_id", "name", "username"}` | `{"credential_id", "x_user_id"}` | [`connect`](ParagonHandle::connect) |
//! | `POST /_emulator/paragon/disconnect` | `{"whose"}` | | [`disconnect`](ParagonHandle::disconnect) |
//! | `POST /_emulator/paragon/credentials` | `{"whose", "status"?, "scopes"?}` | | [`set_credential_status`](ParagonHandle::set_credential_status), [`set_scopes`](ParagonHandle::set_scopes) |
//! | `POST /_emulator/paragon/configurations` | `{"credential_id"}` | `{"configuration_id"}` | [`add_configuration`](ParagonHandle::add_configuration) |
//! | `POST /_emulator/paragon/tokens/expire` | `{"user_id"}` | | [`expire_tokens`](ParagonHandle::expire_tokens) |
//! | `POST /_emulator/paragon/clock` | `{"seconds"}` | | [`advance`](ParagonHandle::advance) |
//! | `POST /_emulator/paragon/workflows` | `{"workflow_id", "status"?, "body"?}` | | [`workflow`](ParagonHandle::workflow) with a fixed response |
//! | `GET /_emulator/paragon/runs` | | `{"runs": [{"user_id", "workflow_id", "request"}]}` | [`workflow_runs`](ParagonHandle::workflow_runs) |
//! | `GET /_emulator/paragon/events` | | `{"events": [{"user_id", "name", "payload"}]}` | [`events`](ParagonHandle::events) |
//! | `POST /_emulator/paragon/routes` | `{"integration", "method", "path", "status"?, "body"?}` | | [`route`](ParagonHandle::route) with a fixed response |
//! | `POST /_emulator/x/users` | `{"name", "username"}` | `{"x_user_id"}` | [`add_user`](XHandle::add_user) |
//! | `POST /_emulator/x/profiles` | `{"x_user_id"}` and the fields of [`Profile`] | | [`set_profile`](XHandle::set_profile) |
//! | `POST /_emulator/x/posts` | `{"user_id", "text"}`, or `x_user_id` in place of `user_id` | `{"id"}` | [`post`](XHandle::post), [`add_post`](XHandle::add_post) |
//! | `POST /_emulator/x/fields` | `{"id", "fields"}` | | [`set_fields`](XHandle::set_fields) |
//! | `POST /_emulator/x/labels` | `{"post_id", "title"}` | | [`label_post`](XHandle::label_post) |
//! | `POST /_emulator/x/uploads` | `{"status_calls", "fails"?}` | | [`process_next_upload`](XHandle::process_next_upload) |
//! | `POST /_emulator/x/leave` | `{"user_id", "conversation_id"}` | | [`leave_conversation`](XHandle::leave_conversation) |
//! | `POST /_emulator/x/limits` | `{"method", "path", "requests", "seconds"}` | | [`set_rate_limit`](XHandle::set_rate_limit) |
//! | `POST /_emulator/x/limits/daily` | `{"user"?, "app"?}` | | [`set_daily_limits`](XHandle::set_daily_limits) |
//! | `POST /_emulator/x/clock` | `{"seconds"}` | | [`advance`](XHandle::advance) |
//! | `POST /_emulator/x/routes` | `{"method", "path", "status"?, "body"?}` | | [`route`](XHandle::route) with a fixed response |
//! | `GET /_emulator/faults` | | `{"faults": […]}`, each with `id` and `hits` | all faults, those that are over too |
//! | `POST /_emulator/faults` | a [`Fault`] | `{"id"}` | [`add`](FaultsHandle::add) |
//! | `DELETE /_emulator/faults` | | | [`clear`](FaultsHandle::clear) |
//! | `GET /_emulator/faults/{id}` | | the fault with `id` and `hits` | [`hits`](FaultsHandle::hits) |
//! | `DELETE /_emulator/faults/{id}` | | | [`remove`](FaultsHandle::remove) |
//! | `GET /_emulator/streams` | | `{"count"}` | [`count`](StreamsHandle::count) |
//! | `POST /_emulator/streams/disconnect` | `{"disconnect_type"}` | | [`disconnect`](StreamsHandle::disconnect) |
//! | `POST /_emulator/streams/cut` | | | [`cut`](StreamsHandle::cut) |
//! | `POST /_emulator/streams/stall` | `{"stalled"}` | | [`stall`](StreamsHandle::stall) |
//! | `GET /_emulator/webhooks/deliveries` | | `{"deliveries": [{"webhook_id", "url", "body", "status"?, "error"?}]}` | [`deliveries`](WebhooksHandle::deliveries), after [`settled`](WebhooksHandle::settled); with `?wait=false` at once |
#![forbid(unsafe_code)]

mod control;
mod description;
mod dialect;
mod expect;
mod extra;
mod faults;
mod handle;
mod message;
mod method;
mod paragon;
mod problem;
mod query;
mod record;
mod search;
mod server;
mod shared;
mod state;
mod target;
mod x;

pub use crate::dialect::Dialect;
pub use crate::extra::Response;
pub use crate::faults::{Change, ErrorShape, Fault, FaultId};
pub use crate::handle::{Emulator, EmulatorBuilder, Expectation, FaultsHandle, ParagonHandle, StreamsHandle, WebhooksHandle, XHandle};
pub use crate::message::{Exchange, Listener, RecordedRequest};
pub use crate::paragon::{AppEvent, CredentialStatus, WorkflowRun};
pub use crate::state::{Disconnect, Processing, WebhookDelivery};
pub use crate::x::Profile;

/// The project that is emulated unless another is named.
pub const DEFAULT_PROJECT_ID: &str = "0e61b1a5-7a2c-4d0e-9f53-2f4c0a1d9e42";

/// The app-only token that X accepts unless another is named.
pub const DEFAULT_BEARER_TOKEN: &str = "emulator-app-only-token";

/// The consumer secret of the app unless another is named.
pub const DEFAULT_CONSUMER_SECRET: &str = "emulator-consumer-secret";

/// The user who is connected unless an account is named.
pub const DEFAULT_USER_ID: &str = "user-42";
