//! X API v2. A request goes through these steps: which operation it is for, who may call it, how often, whether it is as the description wants it,
//! and then its effect on the state. Operations without state are answered by data made from the description.

mod activity;
mod bookmarks;
mod compliance;
mod engagement;
mod generic;
mod limits;
mod lists;
mod media;
mod messages;
mod own_description;
mod page;
mod posts;
mod relations;
mod search;
mod setup;
mod shown;
mod streams;
mod subject;
mod text;
mod timelines;
mod upload;
mod users;
mod view;
mod webhooks;

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE};
use http::{HeaderValue, Method, StatusCode};
use serde_json::{Map, Value};

use limits::Quota;
pub(crate) use limits::{DEFAULT_RATE_LIMIT, Limits};
pub(crate) use page::Page;
pub use setup::Profile;
pub(crate) use setup::check_username;
pub(crate) use streams::DEFAULT_KEEP_ALIVE;
pub(crate) use view::{Included, View};
pub(crate) use webhooks::deliver;

use crate::description::{Description, Found, Location, Operation, Unchecked, check};
use crate::dialect::Dialect;
use crate::extra;
use crate::message::{Answer, RecordedRequest, WITHOUT_BODY};
use crate::problem::{Problem, invalid};
use crate::query::Query;
use crate::shared::Shared;
use crate::state::{Caller, UserId, World};

/// A request as X sees it, whichever way it came.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// Undecoded, with the leading slash.
    pub(crate) path: String,
    pub(crate) query: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) body: Bytes,
}

/// The handler of an operation.
type Act = fn(&mut Call<'_>) -> Result<Answer, Problem>;

/// The first half of an operation that has to ask somebody else before it is done.
type Begin = fn(&mut Call<'_>) -> Result<Later, Problem>;

/// The rest of such an operation. The state is not locked meanwhile.
type Later = Pin<Box<dyn Future<Output = Result<Answer, Problem>> + Send>>;

/// An operation by method and template, and its handler.
type Entry<H = Act> = (Method, &'static str, H);

/// All operations that work on the state, but for those of [`ASKING`].
const HANDLERS: &[&[Entry]] = &[
    activity::HANDLERS,
    bookmarks::HANDLERS,
    compliance::HANDLERS,
    engagement::HANDLERS,
    lists::HANDLERS,
    media::HANDLERS,
    messages::HANDLERS,
    own_description::HANDLERS,
    posts::HANDLERS,
    relations::HANDLERS,
    search::HANDLERS,
    streams::CONNECTIONS,
    streams::HANDLERS,
    streams::RULES,
    timelines::HANDLERS,
    upload::HANDLERS,
    users::HANDLERS,
    webhooks::HANDLERS,
];

/// The operations that ask somebody else.
const ASKING: &[Entry<Begin>] = webhooks::ASKING;

#[derive(Clone, Copy)]
enum Handler {
    Act(Act),
    Begin(Begin),
}

/// The handlers of a description's operations, by their numbers.
pub(crate) struct Handlers(HashMap<usize, Handler>);

impl Handlers {
    /// An operation that a description does not have is not called. Another description than the project's may lack some.
    pub(crate) fn new(description: &Description) -> Self {
        let acting = HANDLERS.iter().copied().flatten().map(|(method, template, act)| (method, template, Handler::Act(*act)));
        let beginning = ASKING.iter().map(|(method, template, begin)| (method, template, Handler::Begin(*begin)));
        let entries = acting.chain(beginning);
        Self(entries.filter_map(|(method, template, handler)| Some((description.number(method, template)?, handler))).collect())
    }
}

/// One call of an operation: everything it may need.
pub(crate) struct Call<'a> {
    pub(crate) shared: &'a Arc<Shared>,
    pub(crate) world: &'a mut World,
    pub(crate) operation: &'a Operation,
    pub(crate) caller: Caller,
    /// Texts of the path in the open segments, in order.
    pub(crate) path: Vec<String>,
    pub(crate) query: Query,
    /// The body as JSON, checked, also if it came as a form; null if it is something else.
    pub(crate) body: Value,
    pub(crate) raw_body: &'a Bytes,
    pub(crate) dialect: Dialect,
}

/// X itself, where an app comes with its own token, or with that of a user.
pub(crate) async fn handle_direct(shared: &Arc<Shared>, request: &RecordedRequest) -> Answer {
    let request_to_x = Request {
        method: request.method.clone(),
        path: request.path_only().to_owned(),
        query: request.query().map(str::to_owned),
        content_type: request.header(CONTENT_TYPE.as_str()).map(str::to_owned),
        body: request.body.clone(),
    };
    let (caller, granted) = match sender(shared, request) {
        Some((caller, granted)) => (caller, granted),
        None if is_open(shared, &request_to_x) => (Caller::App, None),
        None => return refuse(shared, None, Problem::unauthorized()),
    };
    let added = shared.routes().find("twitter", &request.method, request.path_only());
    if let Some(added) = added {
        return respond_as_added(shared, caller, &*added, request);
    }
    handle(shared, caller, granted.as_deref(), &request_to_x).await
}

/// The sender of a request to X, if its token is known, and the scopes that a user has granted.
pub(crate) fn sender(shared: &Shared, request: &RecordedRequest) -> Option<(Caller, Option<Arc<[String]>>)> {
    let token = request.bearer_token().flatten()?;
    if token == shared.bearer_token {
        return Some((Caller::App, None));
    }
    let account = shared.paragon().account_with(token)?;
    Some((Caller::User(account.user), Some(Arc::clone(&account.scopes))))
}

/// Returns whether a request needs no token at all.
fn is_open(shared: &Shared, request: &Request) -> bool {
    shared.description.operation_at(&request.method, &request.path).is_some_and(|operation| operation.security.open)
}

/// Refuses a request whose body was not taken.
pub(crate) fn without_body(shared: &Shared, request: &RecordedRequest, status: StatusCode) -> Answer {
    let mut answer = Answer::from(Problem::blank(status, WITHOUT_BODY));
    let operation = shared.description.operation_at(&request.method, request.path_only());
    show_quota(shared, sender(shared, request).map(|(caller, _)| caller), operation, &mut answer);
    answer
}

/// Answers a request by a route that a test has added.
pub(crate) fn respond_as_added(shared: &Shared, caller: Caller, added: &extra::Respond, request: &RecordedRequest) -> Answer {
    let mut answer = extra::respond(added, request);
    show_quota(shared, Some(caller), None, &mut answer);
    answer
}

/// Refuses a request that is from nobody known, or for no operation. It uses no quota.
fn refuse(shared: &Shared, caller: Option<Caller>, problem: Problem) -> Answer {
    let mut answer = Answer::from(problem);
    show_quota(shared, caller, None, &mut answer);
    answer
}

/// Puts the sender's quotas into the answer to a request that uses none.
pub(crate) fn show_quota(shared: &Shared, caller: Option<Caller>, operation: Option<&Operation>, answer: &mut Answer) {
    let operation = operation.and_then(|operation| shared.description.number(&operation.method, &operation.template));
    let now = shared.world().now().as_second();
    shared.limits().look(caller, operation, now).show(answer);
}

/// Answers a request whose sender is known, and of a user the granted scopes (`None`: all).
pub(crate) async fn handle(shared: &Arc<Shared>, caller: Caller, granted: Option<&[String]>, request: &Request) -> Answer {
    let (number, open) = match shared.description.find(&request.method, &request.path) {
        Found::Operation(number, open) => (number, open),
        Found::OtherMethods(methods) => {
            let mut answer = refuse(shared, Some(caller), Problem::method_not_allowed());
            let methods: Vec<&str> = methods.into_iter().collect();
            answer.headers.extend(HeaderValue::try_from(methods.join(", ")).map(|methods| (ALLOW, methods)));
            return answer;
        }
        Found::Nothing => return refuse(shared, Some(caller), Problem::no_such_route()),
    };
    let (quota, begun) = begin(shared, caller, granted, request, number, &open);
    let result = match begun {
        Ok(Begun::Done(answer)) => Ok(answer),
        Ok(Begun::Later(later)) => later.await,
        Err(problem) => Err(problem),
    };
    let mut answer = result.unwrap_or_else(Answer::from);
    quota.show(&mut answer);
    answer
}

/// How far an operation is when the state is unlocked.
enum Begun {
    Done(Answer),
    Later(Later),
}

/// Does all of an operation that needs the state, with the quota that is left of it.
fn begin(
    shared: &Arc<Shared>,
    caller: Caller,
    granted: Option<&[String]>,
    request: &Request,
    number: usize,
    open: &[&str],
) -> (Quota, Result<Begun, Problem>) {
    let operation = shared.description.operation(number);
    let mut world = shared.world();
    let now = world.now().as_second();
    let quota = shared.limits().count(caller, number, now);
    let begun = authorize(operation, caller, granted).and_then(|()| {
        if quota.exceeded {
            return Err(Problem::too_many_requests());
        }
        let unchecked =
            Unchecked { path: open, query: request.query.as_deref(), content_type: request.content_type.as_deref(), body: &request.body };
        let checked = check(shared.description.schemas(), operation, &unchecked)?;
        let dialect = shared.dialect.unwrap_or_else(|| checked.dialect.unwrap_or(shared.description.dialect()));
        let mut call = Call {
            shared,
            world: &mut world,
            operation,
            caller,
            path: checked.path,
            query: checked.query,
            body: checked.body,
            raw_body: &request.body,
            dialect,
        };
        match shared.handlers.0.get(&number).copied().unwrap_or(Handler::Act(generic::answer)) {
            Handler::Act(act) => act(&mut call).map(Begun::Done),
            Handler::Begin(begin) => begin(&mut call).map(Begun::Later),
        }
    });
    (quota, begun)
}

/// Refuses a caller who may not call an operation at all.
fn authorize(operation: &Operation, caller: Caller, granted: Option<&[String]>) -> Result<(), Problem> {
    let security = &operation.security;
    match caller {
        _ if security.open => Ok(()),
        Caller::App if !security.app => Err(Problem::unsupported_authentication("OAuth 2.0 Application-Only")),
        Caller::User(_) if security.user.is_none() => Err(Problem::unsupported_authentication("OAuth 2.0 User Context")),
        Caller::User(_) => {
            let needed = security.user.iter().flatten();
            let missing: Vec<&str> =
                needed.filter(|scope| granted.is_some_and(|granted| !granted.contains(scope))).map(String::as_str).collect();
            if missing.is_empty() { Ok(()) } else { Err(Problem::missing_scopes(&missing)) }
        }
        Caller::App => Ok(()),
    }
}

impl Call<'_> {
    /// The user who calls.
    pub(crate) fn user(&self) -> Result<UserId, Problem> {
        match self.caller {
            Caller::User(id) => Ok(id),
            Caller::App => Err(Problem::unsupported_authentication("OAuth 2.0 Application-Only")),
        }
    }

    /// The user whom the first open segment of the path names, who has to be the one who calls.
    pub(crate) fn own_user(&self) -> Result<UserId, Problem> {
        let user = self.user()?;
        let named = self.path.first().map_or("", String::as_str);
        if named == user.to_string() {
            return Ok(user);
        }
        let name = self.path_name(0);
        let message = format!("The `{name}` query parameter value [{named}] must be the same as the authenticating user [{user}]");
        Err(Problem::invalid_request(vec![invalid(name, &[named], message)]))
    }

    /// The name of a segment that the path leaves open.
    pub(crate) fn path_name(&self, index: usize) -> &str {
        let mut names = self.operation.template.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
        names.nth(index).unwrap_or("id")
    }

    /// An id in the path. A text that is no number is the id of nothing.
    pub(crate) fn id(&self, index: usize) -> u64 {
        self.path.get(index).and_then(|text| text.parse().ok()).unwrap_or_default()
    }

    /// A text in the body.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.body.get(name)?.as_str()
    }

    /// An id in the body. A text that is no number is the id of nothing.
    pub(crate) fn body_id(&self, name: &str) -> u64 {
        self.text(name).and_then(|text| text.parse().ok()).unwrap_or_default()
    }

    /// The user who looks at things; an app is none.
    pub(crate) fn viewer(&self) -> Option<UserId> {
        match self.caller {
            Caller::User(id) => Some(id),
            Caller::App => None,
        }
    }

    pub(crate) fn view(&self) -> View {
        View::new(&self.query, self.dialect, self.viewer())
    }

    /// Returns the size of a page: from the request, or else from the description. Where both are silent, X gives ten items on pages that must have
    /// some, and a hundred on others.
    fn page_size(&self) -> usize {
        let described =
            self.operation.parameters.iter().find(|parameter| parameter.location == Location::Query && parameter.name == "max_results");
        let limit = |name: &str| described.and_then(|parameter| parameter.schema()[name].as_u64());
        let unsaid = || if limit("minimum").is_some_and(|minimum| minimum > 1) { 10 } else { limit("maximum").unwrap_or(100).min(100) };
        let size = self.query.integer("max_results").or_else(|| limit("default")).unwrap_or_else(unsaid);
        usize::try_from(size).unwrap_or(usize::MAX)
    }

    /// Returns a hash that tells this list from all others, for its tokens: of the operation, the caller, and all parameters that select items. The
    /// form and number of the items may change from page to page. A user is known by name here, for names are the same in each run and so are tokens
    /// of made data.
    fn list_scope(&self) -> u64 {
        let shown = |name: &str| name.ends_with(".fields") || matches!(name, "expansions" | "max_results");
        let mut selecting: Vec<_> = self.query.pairs().filter(|(name, _)| !shown(name) && !page::TOKENS.contains(name)).collect();
        selecting.sort_unstable();
        let mut hasher = DefaultHasher::new();
        let caller = self.viewer().and_then(|id| self.world.user(id)).map(|user| &user.username);
        (&self.operation.method, &self.operation.template, &self.path, caller, selecting).hash(&mut hasher);
        hasher.finish()
    }

    /// `data` as it is.
    pub(crate) fn data(&self, data: impl Into<Value>) -> Result<Answer, Problem> {
        self.answer(Envelope { data: Some(data.into()), ..Envelope::default() })
    }

    /// The answer to this call. Properties without a place in its description are left out, and so are empty ones.
    pub(crate) fn answer(&self, envelope: Envelope) -> Result<Answer, Problem> {
        let shape = &self.operation.shape;
        let mut body = Map::new();
        let meta: Map<String, Value> = envelope.meta.into_iter().filter(|(name, _)| shape.meta.contains(name)).collect();
        let meta = meta.into_iter().map(|(name, value)| (self.dialect.spell(&name).to_owned(), value)).collect::<Map<_, _>>();
        let parts = [
            ("data", envelope.data),
            ("includes", (!envelope.includes.is_empty()).then_some(Value::Object(envelope.includes))),
            ("errors", (!envelope.errors.is_empty()).then_some(Value::Array(envelope.errors))),
            ("meta", (!meta.is_empty()).then_some(Value::Object(meta))),
        ];
        for (name, part) in parts {
            if let Some(part) = part.filter(|_| shape.answer.contains(name)) {
                body.insert(name.to_owned(), part);
            }
        }
        Ok(Answer::json(self.operation.status, &Value::Object(body)))
    }
}

/// The parts of most answers, the names in `meta` as current ones.
#[derive(Debug, Default)]
pub(crate) struct Envelope {
    pub(crate) data: Option<Value>,
    pub(crate) includes: Map<String, Value>,
    pub(crate) errors: Vec<Value>,
    pub(crate) meta: Map<String, Value>,
}
