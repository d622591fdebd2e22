//! The arguments of a signature, with the attributes that give them a place.

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::spanned::Spanned as _;
use syn::{Attribute, Error, Expr, ExprLit, FnArg, Lit, LitStr, Meta, Pat, Result, Signature, Token, Type};

use crate::report::{Report, did_you_mean, list};

const PLACES: &[&str] = &["path", "query", "header", "body", "client", "credential", "timeout", "retry"];

/// Attributes that stay where they are: they are the compiler's.
pub(crate) const KEPT: &[&str] = &["cfg", "cfg_attr", "allow", "expect", "warn", "deny", "forbid"];

/// Headers that are the client's own.
const CLIENT_HEADERS: &[&str] = &["authorization", "host", "content-length", "transfer-encoding", "connection", "x-paragon-proxy-url"];

/// The place that the value of an argument goes to.
#[derive(Clone)]
pub(crate) enum Place {
    Client,
    /// The placeholder of this name.
    Path(String),
    Query {
        name: String,
        csv: bool,
    },
    Header(String),
    Body(Encoding),
    Credential,
    Timeout,
    Retry,
}

/// How a body is written.
#[derive(Clone)]
pub(crate) enum Encoding {
    Json,
    Form,
    Multipart,
    Bytes(LitStr),
}

/// An argument as it was written.
pub(crate) struct Argument {
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    pub(crate) mark: Option<Mark>,
    pub(crate) cfgs: Vec<Attribute>,
    /// The lines of its doc comment.
    pub(crate) docs: Vec<String>,
}

/// The attribute that gives an argument its place.
pub(crate) struct Mark {
    pub(crate) span: Span,
    /// `None` when it is wrong, which is reported.
    pub(crate) place: Option<Place>,
}

impl Argument {
    /// The name without `r#`.
    pub(crate) fn name(&self) -> String {
        self.ident.unraw().to_string()
    }

    /// Whether it has an attribute that is wrong, so that nobody knows its place.
    pub(crate) fn is_unclear(&self) -> bool {
        self.mark.as_ref().is_some_and(|mark| mark.place.is_none())
    }
}

/// Takes the arguments' own attributes and doc comments off a signature, and reads them.
pub(crate) fn read(signature: &mut Signature, report: &mut Report) -> Vec<Argument> {
    signature.inputs.iter_mut().filter_map(|input| read_one(input, report)).collect()
}

fn read_one(input: &mut FnArg, report: &mut Report) -> Option<Argument> {
    let FnArg::Typed(typed) = input else { return None };
    let mut mark: Option<Mark> = None;
    let (mut cfgs, mut docs) = (Vec::new(), Vec::new());
    let ident = match &*typed.pat {
        Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => {
            if let Some(token) = pat.mutability {
                report.add(token.span, "an argument of an operation is sent and not changed: leave `mut` away");
            }
            Some(pat.ident.clone())
        }
        pat => {
            report.add(pat.span(), "an argument of an operation has a plain name");
            None
        }
    };
    for attribute in std::mem::take(&mut typed.attrs) {
        let Some(name) = attribute.path().get_ident().map(ToString::to_string) else {
            // A tool's, or unknown to the compiler too.
            typed.attrs.push(attribute);
            continue;
        };
        let span = attribute.path().span();
        if name == "doc" {
            docs.extend(doc_text(&attribute));
        } else if KEPT.contains(&name.as_str()) {
            if name == "cfg" {
                cfgs.push(attribute.clone());
            }
            typed.attrs.push(attribute);
        } else if !PLACES.contains(&name.as_str()) {
            let hint = did_you_mean(&name, PLACES);
            let hint = if hint.is_empty() { format!(": there are {}", list(PLACES)) } else { hint };
            report.add(span, format!("an argument has no attribute `{name}`{hint}"));
            // It has a place, only nobody knows which.
            mark.get_or_insert(Mark { span, place: None });
        } else if let Some(before) = &mark {
            if before.place.is_some() {
                report.add(span, "an argument goes to one place alone");
            }
        } else {
            let place = ident.as_ref().and_then(|ident| report.take(place(&name, &attribute, ident)));
            mark = Some(Mark { span, place });
        }
    }
    Some(Argument { ident: ident?, ty: (*typed.ty).clone(), mark, cfgs, docs })
}

/// The text of a doc comment.
fn doc_text(attribute: &Attribute) -> Option<String> {
    match &attribute.meta {
        Meta::NameValue(pair) => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value().trim().to_owned()),
            _ => None,
        },
        _ => None,
    }
}

/// The options of an attribute: `#[query("post.fields", csv)]`.
#[derive(Default)]
struct Options {
    /// The wire name, or for a body its content type.
    text: Option<LitStr>,
    flags: Vec<Ident>,
}

impl Options {
    fn read(name: &str, attribute: &Attribute) -> Result<Self> {
        let tokens = match &attribute.meta {
            Meta::Path(_) => return Ok(Self::default()),
            Meta::List(list) => list.tokens.clone(),
            Meta::NameValue(pair) => return Err(Error::new(pair.eq_token.span(), format!("write `#[{name}(\"…\")]`"))),
        };
        let (texts, flags): (&[&str], &[&str]) = match name {
            "path" | "header" => (&["rename"], &[]),
            "query" => (&["rename"], &["csv"]),
            "body" => (&["content_type"], &["json", "form", "multipart"]),
            _ => (&[], &[]),
        };
        if texts.is_empty() && !tokens.is_empty() {
            return Err(Error::new(tokens.span(), format!("`{name}` takes nothing: it is the argument that says which")));
        }
        let parse = |input: ParseStream<'_>| {
            let mut options = Self::default();
            while !input.is_empty() {
                let text = if input.peek(LitStr) {
                    Some(input.parse::<LitStr>()?)
                } else {
                    let option = input.call(Ident::parse_any)?;
                    let written = option.to_string();
                    if texts.contains(&written.as_str()) {
                        if !input.peek(Token![=]) || !input.peek2(LitStr) {
                            return Err(Error::new(option.span(), format!("`{written}` takes a text: `{written} = \"…\"`")));
                        }
                        input.parse::<Token![=]>()?;
                        Some(input.parse::<LitStr>()?)
                    } else if flags.contains(&written.as_str()) {
                        if options.flags.contains(&option) {
                            return Err(Error::new(option.span(), format!("`{written}` is given twice")));
                        }
                        options.flags.push(option);
                        None
                    } else {
                        let known: Vec<&str> = texts.iter().chain(flags).copied().collect();
                        let hint = match did_you_mean(&written, &known) {
                            hint if !hint.is_empty() => hint,
                            _ => format!(": there are {}", list(&known)),
                        };
                        return Err(Error::new(option.span(), format!("`{name}` has no option `{written}`{hint}")));
                    }
                };
                if let Some(text) = text {
                    if options.text.is_some() {
                        return Err(Error::new(text.span(), "one text is enough"));
                    }
                    options.text = Some(text);
                }
                if !input.is_empty() {
                    input.parse::<Token![,]>()?;
                }
            }
            Ok(options)
        };
        parse.parse2(tokens)
    }
}

fn place(name: &str, attribute: &Attribute, ident: &Ident) -> Result<Place> {
    let options = Options::read(name, attribute)?;
    if let Some(text) = options.text.as_ref().filter(|text| text.value().is_empty()) {
        return Err(Error::new(text.span(), "the text is empty"));
    }
    let own = ident.unraw().to_string();
    let given = options.text.as_ref().map(LitStr::value);
    Ok(match name {
        "path" => Place::Path(given.unwrap_or(own)),
        "query" => Place::Query { name: given.unwrap_or(own), csv: !options.flags.is_empty() },
        "header" => {
            let header = given.unwrap_or_else(|| own.replace('_', "-")).to_ascii_lowercase();
            let span = options.text.as_ref().map_or_else(|| attribute.path().span(), LitStr::span);
            if !header.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)) {
                return Err(Error::new(span, format!("`{header}` is not the name of a header")));
            }
            if CLIENT_HEADERS.contains(&header.as_str()) {
                return Err(Error::new(span, format!("the header `{header}` is set by the client")));
            }
            Place::Header(header)
        }
        "body" => match (options.text, options.flags.as_slice()) {
            (Some(text), [flag, ..]) => {
                return Err(Error::new(flag.span(), format!("the body is bytes of the type {:?}, and so not `{flag}`", text.value())));
            }
            (Some(text), []) if !is_media_type(&text.value()) => {
                return Err(Error::new(text.span(), "a content type is like \"image/png\""));
            }
            (Some(text), []) => Place::Body(Encoding::Bytes(text)),
            (None, [_, second, ..]) => return Err(Error::new(second.span(), "a body is written in one way alone")),
            (None, [flag]) if flag == "form" => Place::Body(Encoding::Form),
            (None, [flag]) if flag == "multipart" => Place::Body(Encoding::Multipart),
            (None, _) => Place::Body(Encoding::Json),
        },
        "client" => Place::Client,
        "credential" => Place::Credential,
        "timeout" => Place::Timeout,
        _ => Place::Retry,
    })
}

fn is_media_type(text: &str) -> bool {
    let kind = text.split(';').next().unwrap_or_default();
    text.is_ascii()
        && kind.split_once('/').is_some_and(|(kind, subtype)| !kind.is_empty() && !subtype.trim().is_empty() && !subtype.contains('/'))
}
