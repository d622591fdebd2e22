//! X API v2: its operations, one table, and what each does to the state.

use std::sync::LazyLock;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, StatusCode};
use serde_json::{Map, Value, json};

use crate::Shared;
use crate::extra;
use crate::problem::{Problem, invalid, resource_not_found};
use crate::query::{Kind, Parameter, Query, decode, is_id, optional, required};
use crate::render::{Extras, View};
use crate::state::{Caller, Draft, Post, PostId, Quota, UserId, World, time_of};
use crate::text;
use crate::timeline::Cursor;
use crate::wire::{Answer, RecordedRequest};

/// A request as X sees it, whichever way it came.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// Undecoded, with the leading slash.
    pub(crate) path: String,
    pub(crate) query: Option<String>,
    pub(crate) media_type: Option<String>,
    pub(crate) body: Bytes,
}

/// An operation of X.
struct Operation {
    method: Method,
    /// `{id}` stands for any one segment.
    template: &'static str,
    /// Not for an app-only token.
    user_only: bool,
    parameters: &'static [&'static [Parameter]],
    run: fn(&mut Call<'_>) -> Result<Answer, Problem>,
}

/// One call of an operation: everything it may need.
struct Call<'a> {
    world: &'a mut World,
    caller: Caller,
    /// The id in the path; for operations without one it is not looked at.
    id: u64,
    query: Query,
    media_type: Option<&'a str>,
    body: &'a [u8],
}

const USER_VIEW: &[Parameter] = &[
    optional("user.fields", Kind::UserFields),
    optional("expansions", Kind::UserExpansions),
    optional("post.fields", Kind::PostFields),
    optional("tweet.fields", Kind::PostFields),
];

const POST_VIEW: &[Parameter] = &[
    optional("post.fields", Kind::PostFields),
    optional("tweet.fields", Kind::PostFields),
    optional("expansions", Kind::PostExpansions),
    optional("user.fields", Kind::UserFields),
    optional("media.fields", Kind::Names),
    optional("poll.fields", Kind::Names),
    optional("place.fields", Kind::Names),
];

const TIMELINE: &[Parameter] = &[
    optional("max_results", Kind::Integer(5, 100)),
    optional("pagination_token", Kind::Token),
    optional("start_time", Kind::Time),
    optional("end_time", Kind::Time),
    optional("since_id", Kind::Id),
    optional("until_id", Kind::Id),
    optional("exclude", Kind::OneOf(&["replies", "retweets"])),
];

const IDS: &[Parameter] = &[required("ids", Kind::Ids)];

/// How long a page is when nothing was said.
const DEFAULT_PAGE: u32 = 10;

/// The weighted length that a post may have.
const MAX_TEXT: usize = 280;

/// A fixed path stands before a template that matches it too.
static OPERATIONS: &[Operation] = &[
    Operation { method: Method::GET, template: "/2/users/me", user_only: true, parameters: &[USER_VIEW], run: get_me },
    Operation { method: Method::GET, template: "/2/users/{id}", user_only: false, parameters: &[USER_VIEW], run: get_user },
    Operation {
        method: Method::GET,
        template: "/2/users/{id}/tweets",
        user_only: false,
        parameters: &[TIMELINE, POST_VIEW],
        run: get_timeline,
    },
    Operation { method: Method::GET, template: "/2/tweets", user_only: false, parameters: &[IDS, POST_VIEW], run: get_posts },
    Operation { method: Method::POST, template: "/2/tweets", user_only: true, parameters: &[], run: create_post },
    Operation { method: Method::GET, template: "/2/tweets/{id}", user_only: false, parameters: &[POST_VIEW], run: get_post },
    Operation { method: Method::DELETE, template: "/2/tweets/{id}", user_only: true, parameters: &[], run: delete_post },
];

/// X itself, where an app comes with its own token and nobody's connection.
pub(crate) fn handle_direct(shared: &Shared, request: &RecordedRequest) -> Answer {
    let known = request.bearer_token().flatten().is_some_and(|token| token == shared.bearer_token);
    if !known {
        return Problem::unauthorized().into();
    }
    let added = shared.routes().find("twitter", &request.method, request.path_only());
    if let Some(added) = added {
        return extra::respond(&*added, request);
    }
    let request = Request {
        method: request.method.clone(),
        path: request.path_only().to_owned(),
        query: request.query().map(str::to_owned),
        media_type: request.media_type(),
        body: request.body.clone(),
    };
    handle(&mut shared.world(), Caller::App, &request)
}

/// The operations that X has, by method and path template, as the project's description tells.
static DESCRIBED: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let description: Value = serde_json::from_str(twitter_spec::OPENAPI).unwrap_or_default();
    let paths = description["paths"].as_object().into_iter().flatten();
    let operations = paths.flat_map(|(path, item)| item.as_object().into_iter().flatten().map(move |(method, _)| (method, path)));
    operations.map(|(method, path)| (method.to_ascii_uppercase(), path.clone())).collect()
});

/// The operation of X that a request is for, if the emulator does not play it. A literal segment counts for more than a parameter.
fn not_played(request: &Request) -> Option<&'static str> {
    let fits = |template: &str| {
        let mut segments = request.path.split('/');
        let all =
            template.split('/').all(|expected| segments.next().is_some_and(|segment| expected.starts_with('{') || expected == segment));
        all && segments.next().is_none()
    };
    let of_x = DESCRIBED.iter().filter(|(method, template)| request.method == method.as_str() && fits(template));
    let (_, template) = of_x.min_by_key(|(_, template)| template.matches('{').count())?;
    let played = |operation: &Operation| operation.method == request.method && operation.template == template;
    (!OPERATIONS.iter().any(played)).then_some(template.as_str())
}

/// Answers a request whose sender is known.
pub(crate) fn handle(world: &mut World, caller: Caller, request: &Request) -> Answer {
    if let Some(template) = not_played(request) {
        return Problem::not_emulated(&format!("{} {template}", request.method)).into();
    }
    let matching = || {
        let numbered = OPERATIONS.iter().enumerate();
        numbered.filter_map(|(number, operation)| Some((number, operation, captures(operation.template, &request.path)?)))
    };
    let Some((number, operation, id)) = matching().find(|(_, operation, _)| operation.method == request.method) else {
        let known_path = matching().next().is_some();
        return if known_path { Problem::method_not_allowed() } else { Problem::no_such_route() }.into();
    };
    let quota = world.count(caller, number);
    let result = if quota.exceeded { Err(Problem::too_many_requests()) } else { run(world, caller, operation, id, request) };
    let mut answer = result.unwrap_or_else(Answer::from);
    add_rate_limit(&mut answer, quota);
    answer
}

fn run(world: &mut World, caller: Caller, operation: &Operation, id: Option<String>, request: &Request) -> Result<Answer, Problem> {
    if operation.user_only && caller == Caller::App {
        return Err(Problem::unsupported_authentication());
    }
    let query = Query::parse(request.query.as_deref());
    let mut errors = query.check(operation.parameters);
    let number = match &id {
        Some(id) if !is_id(id) => {
            errors.insert(0, invalid("id", &[id], format!("The `id` path parameter value [{id}] is not a valid id.")));
            0
        }
        // Nineteen digits always fit.
        Some(id) => id.parse().unwrap_or_default(),
        None => 0,
    };
    if !errors.is_empty() {
        return Err(Problem::invalid_request(errors));
    }
    (operation.run)(&mut Call { world, caller, id: number, query, media_type: request.media_type.as_deref(), body: &request.body })
}

/// Whether the path is one of the template, and the segment that stands for `{id}`.
fn captures(template: &str, path: &str) -> Option<Option<String>> {
    let mut captured = None;
    let mut segments = path.split('/');
    for expected in template.split('/') {
        let segment = segments.next()?;
        if expected == "{id}" && !segment.is_empty() {
            captured = Some(decode(segment));
        } else if expected != segment {
            return None;
        }
    }
    segments.next().is_none().then_some(captured)
}

fn add_rate_limit(answer: &mut Answer, quota: Quota) {
    let values = [
        ("x-rate-limit-limit", i64::from(quota.limit)),
        ("x-rate-limit-remaining", i64::from(quota.remaining)),
        ("x-rate-limit-reset", quota.reset),
    ];
    for (name, value) in values {
        answer.headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
    }
}

impl Call<'_> {
    /// The user who calls. An app is turned away before by `user_only`; should an entry of the table forget it, here.
    fn user(&self) -> Result<UserId, Problem> {
        match self.caller {
            Caller::User(id) => Ok(id),
            Caller::App => Err(Problem::unsupported_authentication()),
        }
    }
}

/// The envelope of every answer; what is empty is left out.
#[derive(Default)]
struct Envelope {
    data: Option<Value>,
    extras: Extras,
    meta: Option<Value>,
}

impl Envelope {
    fn answer(self) -> Answer {
        let mut body = Map::new();
        let errors = (!self.extras.errors.is_empty()).then_some(Value::Array(self.extras.errors));
        let parts = [("data", self.data), ("includes", self.extras.includes), ("errors", errors), ("meta", self.meta)];
        for (name, part) in parts {
            if let Some(part) = part {
                body.insert(name.to_owned(), part);
            }
        }
        Answer::json(StatusCode::OK, &Value::Object(body))
    }

    /// What cannot be found is no failure to X: status 200, and nothing but `errors`.
    fn missing(resource_type: &str, id: &str) -> Answer {
        let extras = Extras { includes: None, errors: vec![resource_not_found(resource_type, "id", id)] };
        Self { extras, ..Self::default() }.answer()
    }
}

fn get_me(call: &mut Call<'_>) -> Result<Answer, Problem> {
    call.id = call.user()?;
    get_user(call)
}

fn get_user(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let Some(user) = call.world.user(call.id) else {
        return Ok(Envelope::missing("user", &call.id.to_string()));
    };
    let view = View::of(&call.query);
    let extras = view.extras_of_user(call.world, user);
    Ok(Envelope { data: Some(view.user(call.world, user)), extras, meta: None }.answer())
}

fn get_post(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let Some(post) = call.world.post(call.id) else {
        return Ok(Envelope::missing("tweet", &call.id.to_string()));
    };
    let view = View::of(&call.query);
    let extras = view.extras_of_posts(call.world, &[post]);
    Ok(Envelope { data: Some(view.post(call.world, post)), extras, meta: None }.answer())
}

fn get_posts(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let mut found = Vec::new();
    let mut missing = Vec::new();
    for id in call.query.list("ids") {
        match id.parse::<PostId>().ok().and_then(|id| call.world.post(id)) {
            Some(post) => found.push(post),
            None => missing.push(resource_not_found("tweet", "ids", id)),
        }
    }
    let view = View::of(&call.query);
    let mut extras = view.extras_of_posts(call.world, &found);
    extras.errors.splice(0..0, missing);
    let data: Vec<Value> = found.iter().map(|post| view.post(call.world, post)).collect();
    Ok(Envelope { data: (!data.is_empty()).then_some(data.into()), extras, meta: None }.answer())
}

fn get_timeline(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let (world, query, owner) = (&*call.world, &call.query, call.id);
    if world.user(owner).is_none() {
        return Ok(Envelope::missing("user", &owner.to_string()));
    }
    let cursor = match query.get("pagination_token") {
        None => None,
        Some(token) => Some(Cursor::parse(token, owner).ok_or_else(|| {
            let message = "The `pagination_token` query parameter value is not a token of this list.";
            Problem::invalid_request(vec![invalid("pagination_token", &[token], message)])
        })?),
    };
    let (since, until) = (query.id("since_id"), query.id("until_id"));
    let (start, end) = (query.time("start_time"), query.time("end_time"));
    let no_replies = query.list("exclude").any(|kind| kind == "replies");
    let wanted = |post: &Post| {
        since.is_none_or(|id| post.id > id)
            && until.is_none_or(|id| post.id < id)
            && start.is_none_or(|time| time_of(post.id) >= time)
            && end.is_none_or(|time| time_of(post.id) < time)
            && !(no_replies && post.reply.is_some())
    };
    let posts: Vec<&Post> = world.posts_of(owner).filter(|post| wanted(post)).collect();
    let size = usize::try_from(query.integer("max_results").unwrap_or(DEFAULT_PAGE)).unwrap_or(usize::MAX);
    let range = Cursor::range(cursor, &posts, size);
    let page = &posts[range.clone()];

    let mut meta = Map::new();
    meta.insert("result_count".to_owned(), page.len().into());
    if let (Some(newest), Some(oldest)) = (page.first(), page.last()) {
        meta.insert("newest_id".to_owned(), newest.id.to_string().into());
        meta.insert("oldest_id".to_owned(), oldest.id.to_string().into());
        if range.end < posts.len() {
            meta.insert("next_token".to_owned(), Cursor::Older(oldest.id).token(owner).into());
        }
        if range.start > 0 {
            meta.insert("previous_token".to_owned(), Cursor::Newer(newest.id).token(owner).into());
        }
    }
    let view = View::of(query);
    let extras = view.extras_of_posts(world, page);
    let data: Vec<Value> = page.iter().map(|post| view.post(world, post)).collect();
    let data = (!data.is_empty()).then_some(data.into());
    Ok(Envelope { data, extras, meta: Some(Value::Object(meta)) }.answer())
}

fn create_post(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let author = call.user()?;
    let draft = read_draft(call.media_type, call.body)?;
    let last = call.world.posts_of(author).next();
    if last.is_some_and(|last| last.text == draft.text) {
        return Err(Problem::forbidden("You are not allowed to create a Tweet with duplicate content."));
    }
    if draft.reply_to.is_some_and(|id| call.world.post(id).is_none()) {
        return Err(Problem::forbidden("You attempted to reply to a Tweet that is deleted or not visible to you."));
    }
    if draft.quoted.is_some_and(|id| call.world.post(id).is_none()) {
        return Err(Problem::forbidden("You attempted to quote a Tweet that is deleted or not visible to you."));
    }
    let post = call.world.create(author, draft);
    let id = post.id.to_string();
    // This operation has no parameters, so nobody can ask it for the current dialect.
    let data = json!({ "id": id, "text": post.text, "edit_history_tweet_ids": [id] });
    Ok(Answer::json(StatusCode::CREATED, &json!({ "data": data })))
}

fn delete_post(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let user = call.user()?;
    match call.world.post(call.id) {
        None => Ok(Envelope::missing("tweet", &call.id.to_string())),
        Some(post) if post.author != user => Err(Problem::forbidden("You are not authorized to delete this Tweet.")),
        Some(_) => {
            call.world.delete(call.id);
            Ok(Envelope { data: Some(json!({ "deleted": true })), ..Envelope::default() }.answer())
        }
    }
}

/// Keys of the body that X knows and the emulator has no state for.
const NOT_EMULATED: &[&str] = &[
    "card_uri",
    "community_id",
    "direct_message_deep_link",
    "edit_options",
    "for_super_followers_only",
    "geo",
    "made_with_ai",
    "media",
    "nullcast",
    "paid_partnership",
    "poll",
    "share_with_followers",
];

const REPLY_SETTINGS: &[&str] = &["following", "mentionedUsers", "subscribers", "verified"];

fn read_draft(media_type: Option<&str>, body: &[u8]) -> Result<Draft, Problem> {
    if media_type != Some("application/json") {
        return Err(Problem::invalid_body("Requests with bodies must have content-type of application/json."));
    }
    let Ok(Value::Object(body)) = serde_json::from_slice(body) else {
        return Err(Problem::invalid_body("The body of the request is not a JSON object."));
    };
    let mut draft = Draft::default();
    let mut errors = Vec::new();
    let mut not_emulated = None;
    for (key, value) in &body {
        match key.as_str() {
            "text" => match value.as_str() {
                Some(text) => draft.text = text.to_owned(),
                None => errors.push(wrong_type("text", value, "string")),
            },
            "quote_tweet_id" => draft.quoted = read_id("quote_tweet_id", value, &mut errors),
            "reply" => draft.reply_to = read_reply(value, &mut errors),
            "reply_settings" => match value.as_str().filter(|value| REPLY_SETTINGS.contains(value)) {
                Some(value) => draft.reply_settings = Some(value.to_owned()),
                None => {
                    let message = format!("$.reply_settings: is not one of [{}]", REPLY_SETTINGS.join(","));
                    errors.push(invalid("reply_settings", &[&shown(value)], message));
                }
            },
            known if NOT_EMULATED.contains(&known) => not_emulated = Some(known),
            unknown => errors.push(unknown_key(unknown, value)),
        }
    }
    if !errors.is_empty() {
        return Err(Problem::invalid_request(errors));
    }
    if let Some(key) = not_emulated {
        return Err(Problem::not_emulated(&format!("`{key}` of a new post")));
    }
    if draft.text.trim().is_empty() {
        let error = invalid("text", &[&draft.text], "$.text: must not be empty in a post without media");
        return Err(Problem::invalid_request(vec![error]));
    }
    if text::weighted_length(&draft.text) > MAX_TEXT {
        let message = format!("$.text: is longer than {MAX_TEXT} characters");
        return Err(Problem::invalid_request(vec![invalid("text", &[&draft.text], message)]));
    }
    Ok(draft)
}

fn read_reply(value: &Value, errors: &mut Vec<Value>) -> Option<PostId> {
    let Some(reply) = value.as_object() else {
        errors.push(wrong_type("reply", value, "object"));
        return None;
    };
    // The other two are accepted without effect: there are no mentions in the emulator to leave out or to add.
    let known = ["in_reply_to_tweet_id", "exclude_reply_user_ids", "auto_populate_reply_metadata"];
    for (key, value) in reply.iter().filter(|(key, _)| !known.contains(&key.as_str())) {
        errors.push(unknown_key(&format!("reply.{key}"), value));
    }
    match reply.get("in_reply_to_tweet_id") {
        Some(id) => read_id("reply.in_reply_to_tweet_id", id, errors),
        None => {
            errors.push(invalid("reply.in_reply_to_tweet_id", &[], "$.reply.in_reply_to_tweet_id: is missing but it is required"));
            None
        }
    }
}

fn read_id(path: &str, value: &Value, errors: &mut Vec<Value>) -> Option<u64> {
    let id = value.as_str().filter(|text| is_id(text)).and_then(|text| text.parse().ok());
    if id.is_none() {
        errors.push(invalid(path, &[&shown(value)], format!("$.{path}: is not a string with a valid id")));
    }
    id
}

fn wrong_type(path: &str, value: &Value, expected: &str) -> Value {
    invalid(path, &[&shown(value)], format!("$.{path}: is not of type {expected}"))
}

fn unknown_key(path: &str, value: &Value) -> Value {
    invalid(path, &[&shown(value)], format!("$.{path}: is not defined in the schema, which allows no additional properties"))
}

/// A value as it appears in `parameters`: text without quotes, anything else as JSON.
fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
