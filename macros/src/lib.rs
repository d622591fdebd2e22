//! The attribute that declares operations for `paragon-twitter`. Use it from there: `paragon_twitter::paragon_request`.

mod bind;
mod check;
mod expand;
mod parse;
mod report;
mod stub;
#[cfg(test)]
mod tests;
mod types;

use proc_macro2::TokenStream;

use crate::expand::Declaration;
use crate::parse::argument;
use crate::parse::attribute::Attribute;
use crate::parse::function::Function;
use crate::report::Report;
use crate::stub::{is_half_typed, stub};

/// Declares an operation that is in no description: a new one, a beta, one for partners only, or one of another integration of the same Paragon
/// project. You write a signature; the call has the same way through Paragon, errors, paging and docs as those of generated operations.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use paragon_twitter::types::{Post, PostField};
/// use paragon_twitter::{Reply, Twitter, paragon_request};
///
/// /// Posts liked by everyone in a circle (beta).
/// #[paragon_request(GET, "/2/circles/{circle_id}/liked", scopes = ["like.read"])]
/// async fn circle_likes(
///     twitter: &Twitter,
///     circle_id: u64,
///     #[query] max_results: Option<u32>,
///     #[query(rename = "post.fields", csv)] fields: &[PostField],
///     #[header("x-beta")] beta: bool,
/// ) -> paragon_twitter::Result<Reply<Vec<Post>>>;
///
/// #[derive(Serialize)]
/// struct NewCircle {
///     name: String,
/// }
///
/// #[derive(Deserialize)]
/// struct Circle {
///     id: String,
/// }
///
/// #[paragon_request(POST, "/2/circles")]
/// async fn create_circle(twitter: &Twitter, #[body] circle: &NewCircle) -> paragon_twitter::Result<Reply<Circle>>;
///
/// # async fn example(twitter: Twitter) -> paragon_twitter::Result<()> {
/// let circle = create_circle(&twitter, &NewCircle { name: "Analysts".to_owned() }).await?;
/// let liked = circle_likes(&twitter, 12, Some(10), &[PostField::CreatedAt], true).await?;
/// # Ok(())
/// # }
/// ```
///
/// The function has no body; the attribute writes it. It returns a `RequestFuture`, a future that has the options of all requests until it is
/// awaited:
///
/// ```
/// # use paragon_twitter::{Reply, Twitter, Value, paragon_request};
/// use std::time::Duration;
///
/// #[paragon_request(GET, "/2/circles/{id}")]
/// async fn circle(twitter: &Twitter, id: &str) -> paragon_twitter::Result<Reply<Value>>;
///
/// # async fn example(twitter: Twitter) -> paragon_twitter::Result<()> {
/// let circle = circle(&twitter, "12").with_timeout(Duration::from_secs(90)).with_query("verbose", true).await?;
/// # Ok(())
/// # }
/// ```
///
/// # Arguments
///
/// Its name or an attribute gives an argument its place:
///
/// | argument | goes to |
/// |---|---|
/// | `id: T` | the placeholder `{id}` of the path |
/// | `#[path("id")] other: T` | the same, by another name |
/// | `#[query] name: T` | the query, as `name=…` |
/// | `#[query("post.fields")] fields: T` | the query by another name; also `#[query(rename = "post.fields")]` |
/// | `#[query(csv)] ids: &[T]` | the query as `ids=1,2`; without `csv` it is `ids=1&ids=2` |
/// | `#[header("x-beta")] beta: T` | a header; `#[header] x_beta` is the same |
/// | `#[body] body: &T` | the body, as JSON |
/// | `#[body(form)]`, `#[body(multipart)]` | the body as a form. Paragon documents JSON alone, so these are for calls to X itself |
/// | `#[body("image/png")] image: Bytes` | the body as bytes of that type |
/// | `#[credential] account: T` | Paragon: which of the user's accounts |
/// | `#[timeout] limit: Duration` | nowhere: how long this call may take |
/// | `#[retry] rule: Retry` | nowhere: how often this call may be made when it fails |
/// | `twitter: &Twitter`, `user: &ParagonUser`, `slack: &Integration` | nowhere: the call is made through it |
///
/// In the path `T` is anything that implements `Display`; its text is percent-encoded and stays within its place. In queries and headers it may also
/// be an `Option` of such, of which `None` is not sent; a list of such, or an option of a list; or anything that implements
/// `serde::Serialize`, of which a struct is sent as a parameter per field. A body is anything that implements `serde::Serialize`, or a request
/// type of `paragon_twitter::types`.
///
/// ```
/// use serde::Serialize;
/// use paragon_twitter::types::UserId;
/// use paragon_twitter::request::BodyField;
/// use paragon_twitter::{Bytes, Reply, Twitter, Value, paragon_request};
///
/// #[derive(Serialize)]
/// #[serde(rename_all = "lowercase")]
/// enum Order {
///     Newest,
///     Oldest,
/// }
///
/// #[derive(Serialize)]
/// struct Filter {
///     since: Option<String>,
///     kind: Vec<String>,
///     order: Order,
/// }
///
/// #[paragon_request(GET, "/2/circles/{id}/{kind}")]
/// async fn search(
///     twitter: &Twitter,
///     id: u64,
///     #[path("kind")] of_kind: &str,
///     /// Who has to be in it. (This line becomes part of the function's docs.)
///     #[query("member_ids", csv)]
///     members: Option<&[UserId]>,
///     #[query] tag: Vec<String>,
///     #[query] filter: &Filter,
///     #[credential] account: Option<&str>,
/// ) -> paragon_twitter::Result<Reply<Vec<Value>>>;
///
/// #[paragon_request(PUT, "/2/circles/{id}/picture", auth = "app")]
/// async fn set_picture(twitter: &Twitter, id: u64, #[body("image/png")] picture: Bytes) -> paragon_twitter::Result<()>;
///
/// #[paragon_request(POST, "/2/circles/import", auth = "app")]
/// async fn import(twitter: &Twitter, #[body(multipart)] parts: &[(&str, BodyField)]) -> paragon_twitter::Result<()>;
/// ```
///
/// # Return types
///
/// The return type says how the answer is read:
///
/// | `Result` of | holds |
/// |---|---|
/// | `Reply<T>` | the data with everything beside it: includes, problems, meta, status, headers |
/// | `T` | the data alone |
/// | `()` | no data; errors remain |
/// | `Bytes`, `Vec<u8>`, `Reply<Bytes>` | the body as it is |
/// | `Events<T>` | an answer without end, document by document |
/// | `Items<T>`, `Pages<T>` | the items of all pages, or the pages, asked for as they are taken; needs the key `page` |
///
/// `T` is a type of `paragon_twitter::types`, which is read tolerantly, or any type that implements `serde::Deserialize`, which is as strict as you make it. X
/// puts data in an envelope, `{"data": …}`, which is taken off; other integrations do not, so their `T` is the whole document.
/// `envelope = false` and `envelope = true` say otherwise. The error is `paragon_twitter::Error`, or any of yours that is `From<paragon_twitter::Error>`.
///
/// A function that returns `Items` or `Pages` needs no `async`:
///
/// ```
/// use paragon_twitter::types::Post;
/// use paragon_twitter::{Events, Items, Twitter, paragon_request};
///
/// #[paragon_request(GET, "/2/circles/{id}/posts", page = "pagination_token")]
/// fn circle_posts(twitter: &Twitter, id: &str, #[query] max_results: Option<u32>) -> Items<Post>;
///
/// #[paragon_request(GET, "/2/circles/stream", auth = "app")]
/// async fn circle_stream(twitter: &Twitter) -> paragon_twitter::Result<Events<Post>>;
///
/// # async fn example(twitter: Twitter) -> paragon_twitter::Result<()> {
/// let mut posts = circle_posts(&twitter, "12", None);
/// while let Some(post) = posts.next().await {
///     println!("{}", post?.text);
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Groups
///
/// In a trait or an `impl` the call is made through `self`, if that is a client or implements `AsRef<Twitter>`, or through the expression of the key
/// `client`. So declared operations become methods of `Twitter`, or a group like the generated ones. Such a trait can be `dyn` as it is, and `async_trait` has no place
/// there.
///
/// ```
/// use paragon_twitter::{Reply, Result, Twitter, Value, paragon_request};
///
/// trait Circles: AsRef<Twitter> {
///     /// One circle.
///     #[paragon_request(GET, "/2/circles/{id}")]
///     async fn circle(&self, id: &str) -> Result<Reply<Value>>;
///
///     /// Many of them.
///     fn circles(&self) -> CircleGroup<'_> {
///         CircleGroup { twitter: self.as_ref() }
///     }
/// }
///
/// impl Circles for Twitter {}
///
/// struct CircleGroup<'t> {
///     twitter: &'t Twitter,
/// }
///
/// impl CircleGroup<'_> {
///     #[paragon_request(GET, "/2/circles/{id}/likes", client = self.twitter, name = "circles.likes")]
///     async fn likes(&self, id: &str) -> Result<Reply<Vec<Value>>>;
/// }
///
/// # async fn example(twitter: Twitter) -> Result<()> {
/// let circle = twitter.circle("12").await?;
/// let likes = twitter.circles().likes("12").await?;
/// # Ok(())
/// # }
/// ```
///
/// # Other integrations
///
/// With `integration` an operation belongs to another integration of the project, and is called through `&Integration` or `&ParagonUser`:
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use paragon_twitter::{Integration, Paragon, ParagonUser, paragon_request};
///
/// #[derive(Serialize)]
/// struct Message<'a> {
///     channel: &'a str,
///     text: &'a str,
/// }
///
/// #[derive(Deserialize)]
/// struct Posted {
///     ok: bool,
/// }
///
/// #[paragon_request(POST, "/chat.postMessage", integration = "slack")]
/// async fn post_message(slack: &Integration, #[body] message: &Message<'_>) -> paragon_twitter::Result<Posted>;
///
/// #[paragon_request(GET, "/v1/invoices", integration = "custom/5b0ed2a1-1c8e-4b11-9f02-6d4c6e1f7a55")]
/// async fn invoices(user: &ParagonUser) -> paragon_twitter::Result<Vec<u8>>;
///
/// # async fn example(paragon: Paragon) -> paragon_twitter::Result<()> {
/// let slack = paragon.user("user-42").integration("slack");
/// let posted = post_message(&slack, &Message { channel: "C1", text: "Hello World!" }).await?;
/// # Ok(())
/// # }
/// ```
///
/// # Keys
///
/// | key | meaning |
/// |---|---|
/// | `scopes = ["like.read"]` | the scopes that the user must have granted |
/// | `integration = "slack"` | the integration that it belongs to; without it, that of the client |
/// | `page = "pagination_token"` | the query parameter that takes the token of a page |
/// | `idempotent` | the call may be made again when it failed or no answer came, by any method; `idempotent = false`: it may not |
/// | `auth = "app"` | X takes an app-only token and no user's; `"any"`: it takes either; `"user"`: the default |
/// | `envelope = false` | the answer is not in X's envelope; `true`: it is |
/// | `client = self.twitter` | the expression that the call is made through |
/// | `name = "circles.likes"` | its name in errors and traces; without it, the function's |
/// | `crate = my::paragon_twitter` | the path of `paragon_twitter`, when it has another name |
///
/// # Expansion
///
/// A plain function: attributes, visibility, generics and docs are yours, with a line added that names method and path. It makes the same `Operation`
/// as a generated one, with the path template, so the operation appears in `tracing`, is tried again and counted against rate limits as those are, and calls nothing but `paragon-twitter`: your
/// `Cargo.toml` needs nothing else.
///
/// All mistakes in a declaration are reported at once, each at the token that is wrong. The function stays meanwhile, so that its callers are not in
/// error as well and an editor completes them.
#[proc_macro_attribute]
pub fn paragon_request(attribute: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    declare(attribute.into(), item.into()).into()
}

/// Parses, binds, checks and expands a declaration. When it is in error, the function stays and its body is the errors.
fn declare(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let mut report = Report::default();
    let attribute = Attribute::read(attribute, &mut report);
    let mut function = match syn::parse2::<Function>(item.clone()) {
        Ok(function) => function,
        Err(_) if is_half_typed(item.clone()) => return stub(item, &attribute, true, report.into_tokens()),
        Err(error) => {
            report.push(error);
            return stub(item, &attribute, true, report.into_tokens());
        }
    };
    check::check_function(&function, &mut report);
    let arguments = argument::read(&mut function.signature, &mut report);
    let bound = bind::bind(&attribute, &function.signature, arguments, &mut report);
    check::check_auth(&attribute, &mut report);
    check::check_places(&attribute, &bound.arguments, &mut report);
    let output = check::check_output(&attribute, &function.signature, &mut report);
    let keeps_output = output.is_some();
    match (report.into_tokens(), bound.client, output) {
        (None, Some(client), Some(output)) => Declaration { attribute, function, client, arguments: bound.arguments, output }.expand(),
        (errors, ..) => stub(item, &attribute, keeps_output, errors),
    }
}
