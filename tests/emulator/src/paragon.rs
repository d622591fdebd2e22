//! Paragon: who is asking, and the proxy that passes it on to X as a connected user.

use http::{HeaderMap, StatusCode};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::Shared;
use crate::extra;
use crate::problem::ParagonError;
use crate::state::{Account, Caller, World};
use crate::wire::{Answer, RecordedRequest};
use crate::x;

/// The one integration of the emulated project.
const INTEGRATION: &str = "twitter";

/// Where X may be when the caller names it by a full URL. Paragon sends a user's credential nowhere else.
const X_ORIGINS: &[&str] = &["https://api.x.com", "https://api.twitter.com"];

const PROXY_URL: &str = "x-paragon-proxy-url";
const CREDENTIAL: &str = "x-paragon-credential";
const RAW: &str = "x-paragon-use-raw-response";

/// How long a fresh token is good for, in seconds.
const TOKEN_LIFE: i64 = 60 * 60;

/// The Signing Key of the project: the private half belongs to the developer, the public half to Paragon.
pub(crate) struct Keys {
    signing: EncodingKey,
    verifying: DecodingKey,
}

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    sub: String,
    aud: Value,
    iat: i64,
    exp: i64,
}

/// The audience of the tokens of a project.
fn audience(project_id: &str) -> String {
    format!("useparagon.com/{project_id}")
}

impl Keys {
    pub(crate) const PRIVATE_PEM: &str = include_str!("../keys/signing-key.pem");
    const PUBLIC_PEM: &str = include_str!("../keys/signing-key.pub.pem");

    pub(crate) fn load() -> jsonwebtoken::errors::Result<Self> {
        let signing = EncodingKey::from_rsa_pem(Self::PRIVATE_PEM.as_bytes())?;
        let verifying = DecodingKey::from_rsa_pem(Self::PUBLIC_PEM.as_bytes())?;
        Ok(Self { signing, verifying })
    }

    /// A token for a user, as the developer's server would sign it.
    pub(crate) fn sign(&self, project_id: &str, user_id: &str) -> jsonwebtoken::errors::Result<String> {
        let iat = jiff::Timestamp::now().as_second();
        let claims = Claims { sub: user_id.to_owned(), aud: audience(project_id).into(), iat, exp: iat + TOKEN_LIFE };
        jsonwebtoken::encode(&Header::new(Algorithm::RS256), &claims, &self.signing)
    }

    /// The user whom a token was signed for.
    fn verify(&self, project_id: &str, token: &str) -> Result<String, ParagonError> {
        let mut validation = Validation::new(Algorithm::RS256);
        validation.leeway = 0;
        validation.set_audience(&[audience(project_id)]);
        validation.set_required_spec_claims(&["sub", "aud", "exp"]);
        let claims = jsonwebtoken::decode::<Claims>(token, &self.verifying, &validation).map_err(|error| {
            ParagonError::unauthorized(match error.kind() {
                ErrorKind::ExpiredSignature => "The user token has expired.".to_owned(),
                ErrorKind::InvalidAudience => "The user token was not made for this project: wrong audience.".to_owned(),
                ErrorKind::InvalidSignature => "The signature of the user token does not match the project's signing key.".to_owned(),
                ErrorKind::InvalidAlgorithm => "The user token is not signed with RS256.".to_owned(),
                ErrorKind::MissingRequiredClaim(claim) => format!("The user token has no valid claim `{claim}`."),
                // Signed by the right key and yet not the claims that Paragon documents.
                ErrorKind::Json(error) if error.is_data() => format!("The claims of the user token are not valid: {error}."),
                _ => "The user token is not a well-formed JWT.".to_owned(),
            })
        })?;
        Ok(claims.claims.sub)
    }
}

/// What a call of the proxy is about.
struct Target {
    project_id: String,
    integration: String,
    /// What follows the integration in the URL, without the slash between; `None` if nothing does.
    path: Option<String>,
}

/// Takes `/projects/{projectId}/sdk/proxy/{integration}[/{path}]` apart.
fn target(path: &str) -> Option<Target> {
    let (project_id, rest) = path.strip_prefix("/projects/")?.split_once('/')?;
    let rest = rest.strip_prefix("sdk/proxy/")?;
    // A custom integration is named by two segments.
    let split = match rest.strip_prefix("custom/") {
        Some(custom) => custom.find('/').map(|at| at + "custom/".len()),
        None => rest.find('/'),
    };
    let (integration, path) = split.map_or((rest, ""), |at| (&rest[..at], &rest[at + 1..]));
    let named = !project_id.is_empty() && !integration.is_empty();
    let path = (!path.is_empty()).then(|| path.to_owned());
    named.then(|| Target { project_id: project_id.to_owned(), integration: integration.to_owned(), path })
}

/// Answers any request to Paragon.
pub(crate) fn handle(shared: &Shared, request: &RecordedRequest) -> Answer {
    proxy(shared, request).unwrap_or_else(Answer::from)
}

fn proxy(shared: &Shared, request: &RecordedRequest) -> Result<Answer, ParagonError> {
    let path = request.path_only();
    let target = target(path).ok_or_else(|| ParagonError::not_found(format!("Cannot {} {path}", request.method)))?;
    // Which key to verify a token with depends on the project, so this comes first.
    if target.project_id != shared.project_id {
        return Err(ParagonError::not_found(format!("There is no project {}.", target.project_id)));
    }
    let token = match request.bearer_token() {
        None => return Err(ParagonError::unauthorized("There is no user token: the Authorization header is missing.")),
        Some(None) => return Err(ParagonError::unauthorized("The Authorization header carries no bearer token.")),
        Some(Some(token)) => token,
    };
    let user = shared.keys.verify(&shared.project_id, token)?;
    let other = target.integration != INTEGRATION;
    if other && !shared.routes().know(&target.integration) {
        return Err(ParagonError::not_found(format!("The project has no integration {}.", target.integration)));
    }
    let forwarded = forward(&target, request)?;
    let raw = request.header(RAW) == Some("1");
    let added = shared.routes().find(&target.integration, &forwarded.method, &forwarded.path);
    if !other {
        choose_account(&shared.world(), &user, &request.headers)?;
    }
    if added.is_some() || other {
        let missing = || Answer::json(StatusCode::NOT_FOUND, &json!({ "error": "no such route" }));
        let answer = added.map_or_else(missing, |added| extra::respond(&*added, request));
        return if raw { Ok(answer) } else { wrap(&answer) };
    }

    let mut world = shared.world();
    let account = choose_account(&world, &user, &request.headers)?;
    let answer = x::handle(&mut world, Caller::User(account.user), &forwarded);
    if raw { Ok(answer) } else { wrap(&answer) }
}

/// The request that goes on to X.
fn forward(target: &Target, request: &RecordedRequest) -> Result<x::Request, ParagonError> {
    check_body(request)?;
    let (path, query) = match (&target.path, request.header(PROXY_URL)) {
        // A second slash is not Paragon's to remove: X is asked for what the caller wrote.
        (Some(path), None) => (format!("/{path}"), request.query()),
        (None, Some(url)) if request.query().is_none() => {
            let url = origin_stripped(url)?;
            let (path, query) = url.split_once('?').map_or((url, None), |(path, query)| (path, Some(query)));
            (format!("/{}", path.strip_prefix('/').unwrap_or(path)), query)
        }
        (None, None) => return Err(ParagonError::invalid_request("There is no path for the integration.")),
        (_, Some(_)) => {
            let message = "The path for the integration is either in the URL or in the header X-Paragon-Proxy-Url.";
            return Err(ParagonError::invalid_request(message));
        }
    };
    Ok(x::Request {
        method: request.method.clone(),
        path,
        query: query.map(str::to_owned),
        media_type: request.media_type(),
        body: request.body.clone(),
    })
}

fn check_body(request: &RecordedRequest) -> Result<(), ParagonError> {
    if request.body.is_empty() {
        return Ok(());
    }
    if request.media_type().as_deref() != Some("application/json") {
        return Err(ParagonError::unsupported_media_type("A request with a body must have the content type application/json."));
    }
    if request.json().is_none() {
        return Err(ParagonError::invalid_request("The body of the request is not valid JSON."));
    }
    Ok(())
}

/// The path and query of what may be a full URL.
fn origin_stripped(url: &str) -> Result<&str, ParagonError> {
    if !url.contains("://") || url.starts_with('/') {
        return Ok(url);
    }
    let path = X_ORIGINS.iter().find_map(|origin| url.strip_prefix(origin));
    path.filter(|path| path.starts_with('/')).ok_or_else(|| ParagonError::invalid_request(format!("{url} is no URL of {INTEGRATION}.")))
}

/// The connection to act through: the one that was asked for, or else the user's first.
fn choose_account(world: &World, user: &str, headers: &HeaderMap) -> Result<Account, ParagonError> {
    let accounts = world.accounts(user);
    let Some(first) = accounts.first() else {
        return Err(ParagonError::credential(format!("The user has not connected an account of {INTEGRATION}.")));
    };
    let chosen = match headers.get(CREDENTIAL) {
        None => Some(first),
        Some(wanted) => accounts.iter().find(|account| account.credential.as_bytes() == wanted.as_bytes()),
    };
    chosen.cloned().ok_or_else(|| ParagonError::credential("The user has no such credential."))
}

/// Paragon's own form of an answer: status, headers and bytes of X are gone.
fn wrap(answer: &Answer) -> Result<Answer, ParagonError> {
    if !answer.status.is_success() {
        return Err(ParagonError::from_integration(answer));
    }
    let output: Value = serde_json::from_slice(&answer.body).unwrap_or_else(|_| String::from_utf8_lossy(&answer.body).into());
    Ok(Answer::json(StatusCode::OK, &json!({ "output": output })))
}
