//! The arguments of a declared endpoint: where each goes.

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::spanned::Spanned as _;
use syn::{Attribute, Error, Expr, ExprLit, FnArg, Lit, LitStr, Meta, Pat, Result, Token, Type, TypeParamBound};

use crate::attribute::list;
use crate::check::bare;
use crate::report::{Report, did_you_mean};

const ROLES: &[&str] = &["path", "query", "header", "body", "client", "credential", "timeout", "retry"];

/// Attributes that stay where they are: they are the compiler's.
const KEPT: &[&str] = &["cfg", "cfg_attr", "allow", "expect", "warn", "deny", "forbid"];

/// Headers that are the client's own.
const CLIENT_HEADERS: &[&str] = &["authorization", "host", "content-length", "transfer-encoding", "connection", "x-paragon-proxy-url"];

/// Where the value of an argument goes.
#[derive(Clone)]
pub(crate) enum Role {
    Client,
    /// To the placeholder of this name.
    Path(String),
    Query {
        name: String,
        csv: bool,
    },
    Header(String),
    Body(Writing),
    Credential,
    Timeout,
    Retry,
}

/// How a body is written.
#[derive(Clone)]
pub(crate) enum Writing {
    Json,
    Form,
    Multipart,
    Bytes(LitStr),
}

/// An argument.
pub(crate) struct Argument {
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    /// `None` when its attribute was wrong, which is reported, or when it has none.
    pub(crate) role: Option<Role>,
    /// Where the role was said.
    pub(crate) said: Option<Span>,
    pub(crate) cfgs: Vec<Attribute>,
    /// What its doc comment says.
    pub(crate) docs: Vec<String>,
}

impl Argument {
    /// The name without `r#`.
    pub(crate) fn name(&self) -> String {
        self.ident.unraw().to_string()
    }

    /// Whether an attribute says where it goes, rightly or not.
    pub(crate) fn is_said(&self) -> bool {
        self.said.is_some()
    }

    /// Whether the function is given a reference.
    pub(crate) fn is_reference(&self) -> bool {
        matches!(bare(&self.ty), Type::Reference(_))
    }

    /// The client that its type is, by name: `Twitter`, `ParagonUser` or `Integration`, or `Client` for anything that is one.
    pub(crate) fn client(&self) -> Option<Ident> {
        client(&self.ty)
    }
}

fn client(ty: &Type) -> Option<Ident> {
    match bare(ty) {
        Type::Reference(reference) => client(&reference.elem),
        Type::Path(path) => {
            let last = &path.path.segments.last()?.ident;
            ["Twitter", "ParagonUser", "Integration"].contains(&last.to_string().as_str()).then(|| last.clone())
        }
        Type::ImplTrait(bounds) => bounds.bounds.iter().find_map(|bound| match bound {
            TypeParamBound::Trait(bound) => bound.path.segments.last().map(|last| &last.ident).filter(|last| *last == "Client").cloned(),
            _ => None,
        }),
        _ => None,
    }
}

/// Takes our attributes and the doc comments off an argument, and reads them.
pub(crate) fn read(input: &mut FnArg, report: &mut Report) -> Option<Argument> {
    let FnArg::Typed(typed) = input else { return None };
    let mut said: Option<(Span, Option<Role>)> = None;
    let (mut cfgs, mut docs) = (Vec::new(), Vec::new());
    let ident = match &*typed.pat {
        Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => {
            if let Some(token) = pat.mutability {
                report.add(token.span, "an argument of an endpoint is sent and not changed: leave `mut` away");
            }
            Some(pat.ident.clone())
        }
        pat => {
            report.add(pat.span(), "an argument of an endpoint has a plain name");
            None
        }
    };
    for attribute in std::mem::take(&mut typed.attrs) {
        let Some(name) = attribute.path().get_ident().map(ToString::to_string) else {
            // A tool's, or unknown to the compiler too.
            typed.attrs.push(attribute);
            continue;
        };
        if name == "doc" {
            docs.extend(doc_text(&attribute));
        } else if KEPT.contains(&name.as_str()) {
            if name == "cfg" {
                cfgs.push(attribute.clone());
            }
            typed.attrs.push(attribute);
        } else if !ROLES.contains(&name.as_str()) {
            let hint = did_you_mean(&name, ROLES);
            let hint = if hint.is_empty() { format!(": there are {}", list(ROLES)) } else { hint };
            report.add(attribute.path().span(), format!("an argument has no attribute `{name}`{hint}"));
            // That it has a role is clear, only not which.
            said.get_or_insert((attribute.path().span(), None));
        } else if let Some((_, before)) = &said {
            if before.is_some() {
                report.add(attribute.path().span(), "an argument goes to one place alone");
            }
        } else {
            let role = ident.as_ref().and_then(|ident| report.take(role(&name, &attribute, ident)));
            said = Some((attribute.path().span(), role));
        }
    }
    let (said, role) = said.map_or((None, None), |(span, role)| (Some(span), role));
    Some(Argument { ident: ident?, ty: (*typed.ty).clone(), role, said, cfgs, docs })
}

/// The text of a doc comment.
pub(crate) fn doc_text(attribute: &Attribute) -> Option<String> {
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
                        if !input.peek(Token![=]) {
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

fn role(name: &str, attribute: &Attribute, ident: &Ident) -> Result<Role> {
    let options = Options::read(name, attribute)?;
    if let Some(text) = options.text.as_ref().filter(|text| text.value().is_empty()) {
        return Err(Error::new(text.span(), "the text is empty"));
    }
    let own = ident.unraw().to_string();
    let given = options.text.as_ref().map(LitStr::value);
    Ok(match name {
        "path" => Role::Path(given.unwrap_or(own)),
        "query" => Role::Query { name: given.unwrap_or(own), csv: !options.flags.is_empty() },
        "header" => {
            let header = given.unwrap_or_else(|| own.replace('_', "-")).to_ascii_lowercase();
            let span = options.text.as_ref().map_or_else(|| attribute.path().span(), LitStr::span);
            if !header.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)) {
                return Err(Error::new(span, format!("`{header}` is not the name of a header")));
            }
            if CLIENT_HEADERS.contains(&header.as_str()) {
                return Err(Error::new(span, format!("the header `{header}` is set by the client")));
            }
            Role::Header(header)
        }
        "body" => match (options.text, options.flags.as_slice()) {
            (Some(text), [flag, ..]) => {
                return Err(Error::new(flag.span(), format!("the body is bytes of the type {:?}, and so not `{flag}`", text.value())));
            }
            (Some(text), []) if !is_media_type(&text.value()) => {
                return Err(Error::new(text.span(), "a content type is like \"image/png\""));
            }
            (Some(text), []) => Role::Body(Writing::Bytes(text)),
            (None, [_, second, ..]) => return Err(Error::new(second.span(), "a body is written in one way alone")),
            (None, [flag]) if flag == "form" => Role::Body(Writing::Form),
            (None, [flag]) if flag == "multipart" => Role::Body(Writing::Multipart),
            (None, _) => Role::Body(Writing::Json),
        },
        "client" => Role::Client,
        "credential" => Role::Credential,
        "timeout" => Role::Timeout,
        _ => Role::Retry,
    })
}

fn is_media_type(text: &str) -> bool {
    let kind = text.split(';').next().unwrap_or_default();
    text.is_ascii()
        && kind.split_once('/').is_some_and(|(kind, subtype)| !kind.is_empty() && !subtype.trim().is_empty() && !subtype.contains('/'))
}
