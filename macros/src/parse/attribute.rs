//! The text of the attribute: `GET, "/2/circles/{id}", scopes = ["like.read"]`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::{Error, Expr, LitBool, LitStr, Path, Result, Token};

use super::path::placeholders;
use crate::report::{Report, did_you_mean, list};

/// The methods that there are, and whether a request by it can have a body.
const METHODS: &[(&str, bool)] =
    &[("GET", false), ("POST", true), ("PUT", true), ("PATCH", true), ("DELETE", true), ("HEAD", false), ("OPTIONS", true)];

const KEYS: &[&str] = &["scopes", "integration", "idempotent", "page", "client", "auth", "envelope", "name", "crate"];

/// The name of X's integration.
pub(crate) const TWITTER: &str = "twitter";

/// The attribute, as far as it can be read.
#[derive(Default)]
pub(crate) struct Attribute {
    /// `None` when it is missing or unknown, which is reported.
    pub(crate) method: Option<Ident>,
    pub(crate) path: Option<LitStr>,
    /// The names in the path.
    pub(crate) placeholders: Vec<String>,
    pub(crate) scopes: Vec<LitStr>,
    pub(crate) integration: Option<LitStr>,
    pub(crate) idempotent: Option<bool>,
    pub(crate) page: Option<LitStr>,
    pub(crate) client: Option<Expr>,
    pub(crate) auth: Auth,
    pub(crate) envelope: Option<bool>,
    pub(crate) name: Option<LitStr>,
    pub(crate) krate: Option<Path>,
}

/// Whose credentials the operation takes.
#[derive(Default, Clone, Copy, PartialEq)]
pub(crate) enum Auth {
    #[default]
    User,
    App,
    Any,
}

impl Attribute {
    pub(crate) fn read(tokens: TokenStream, report: &mut Report) -> Self {
        let mut attribute = Self::default();
        if tokens.is_empty() {
            report.add(Span::call_site(), "method and path are missing: `#[paragon_request(GET, \"/2/…\")]`");
            return attribute;
        }
        let parse = |input: ParseStream<'_>| {
            attribute.parse(input, report);
            Ok(())
        };
        // The closure reports by itself and always comes to the end.
        let read = parse.parse2(tokens);
        report.take(read);
        attribute
    }

    fn parse(&mut self, input: ParseStream<'_>, report: &mut Report) {
        let start = input.span();
        let mut keys: Vec<Ident> = Vec::new();
        let (mut method_given, mut path_given) = (false, false);
        let mut position = 0;
        while !input.is_empty() {
            let result = match position {
                0 if input.peek(Ident::peek_any) && !is_key(input) => {
                    method_given = true;
                    self.method(input)
                }
                0 if input.peek(LitStr) && input.peek2(Token![,]) && input.fork().parse::<LitStr>().is_ok_and(|text| is_method(&text)) => {
                    method_given = true;
                    input.parse::<LitStr>().and_then(|text| {
                        Err(Error::new(text.span(), format!("a method stands without quotation marks: `{}`", text.value())))
                    })
                }
                0 | 1 if self.path.is_none() && input.peek(LitStr) => input.parse().map(|path| {
                    self.placeholders = placeholders(&path, report);
                    self.path = Some(path);
                }),
                1 if self.path.is_none() && method_given && !is_key(input) && !input.peek(Token![,]) => {
                    path_given = true;
                    Err(input.error("the path is a text, which the attribute has to read: `\"/2/…\"`"))
                }
                _ => self.key(input, &mut keys),
            };
            let failed = report.take(result).is_none();
            position += 1;
            if failed {
                // To the next comma, so that one mistake does not hide the next.
                while !input.is_empty() && !input.peek(Token![,]) {
                    let _ = input.parse::<proc_macro2::TokenTree>();
                }
            } else if !input.is_empty() && !input.peek(Token![,]) {
                report.add(input.span(), "there is no comma before this");
                continue;
            }
            let _ = input.parse::<Token![,]>();
        }
        if !method_given {
            report.add(start, "the method comes first: `#[paragon_request(GET, \"/2/…\")]`");
        }
        if self.path.is_none() && !path_given {
            report.add(start, "the path is missing: it comes after the method, as in `#[paragon_request(GET, \"/2/…\")]`");
        }
    }

    fn method(&mut self, input: ParseStream<'_>) -> Result<()> {
        let method = input.call(Ident::parse_any)?;
        let written = method.to_string();
        let known: Vec<&str> = METHODS.iter().map(|(name, _)| *name).collect();
        if known.contains(&written.as_str()) {
            self.method = Some(method);
            return Ok(());
        }
        let hint = did_you_mean(&written, &known);
        let hint = if hint.is_empty() { format!(": it is one of {}", known.join(", ")) } else { hint };
        Err(Error::new(method.span(), format!("unknown method `{written}`{hint}")))
    }

    fn key(&mut self, input: ParseStream<'_>, keys: &mut Vec<Ident>) -> Result<()> {
        if input.peek(LitStr) {
            let text: LitStr = input.parse()?;
            return Err(Error::new(text.span(), "after the path comes `key = value`"));
        }
        let key = input.call(Ident::parse_any).map_err(|error| Error::new(error.span(), "after the path comes `key = value`"))?;
        let written = key.to_string();
        if !KEYS.contains(&written.as_str()) {
            let hint = did_you_mean(&written, KEYS);
            let hint = if hint.is_empty() { format!(": there are {}", list(KEYS)) } else { hint };
            return Err(Error::new(key.span(), format!("there is no key `{written}`{hint}")));
        }
        let double = keys.contains(&key);
        keys.push(key.clone());
        if double {
            return Err(Error::new(key.span(), format!("`{written}` is given twice")));
        }
        // Alone, a key that is true or false is true.
        if matches!(written.as_str(), "idempotent" | "envelope") && (input.is_empty() || input.peek(Token![,])) {
            self.set_flag(&written, true);
            return Ok(());
        }
        let value = input.parse::<Option<Token![=]>>()?.is_some() && !input.is_empty() && !input.peek(Token![,]);
        if !value {
            return Err(Error::new(key.span(), format!("`{written}` takes a value: `{written} = {}`", example(&written))));
        }
        let expected =
            |error: Error| Error::new(error.span(), format!("`{written}` takes a value like `{written} = {}`", example(&written)));
        match written.as_str() {
            "scopes" => {
                let scopes = texts(input).map_err(expected)?;
                if let Some(scope) = scopes.iter().find(|scope| scope.value().is_empty() || scope.value().contains(char::is_whitespace)) {
                    return Err(Error::new(scope.span(), "a scope is one word, such as \"like.read\""));
                }
                self.scopes = scopes;
                Ok(())
            }
            "idempotent" | "envelope" => {
                let value: LitBool = input.parse().map_err(expected)?;
                self.set_flag(&written, value.value);
                Ok(())
            }
            "client" => {
                self.client = Some(input.parse()?);
                Ok(())
            }
            "crate" => {
                self.krate = Some(input.call(Path::parse_mod_style).map_err(expected)?);
                Ok(())
            }
            _ => {
                let text: LitStr = input.parse().map_err(expected)?;
                self.set_text(&written, text)
            }
        }
    }

    fn set_flag(&mut self, key: &str, value: bool) {
        if key == "idempotent" {
            self.idempotent = Some(value);
        } else {
            self.envelope = Some(value);
        }
    }

    fn set_text(&mut self, key: &str, text: LitStr) -> Result<()> {
        let value = text.value();
        match key {
            "integration" => {
                let id = value.strip_prefix("custom/").unwrap_or(&value);
                let plain = !id.is_empty() && id != "custom" && id.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
                if !plain || matches!(id, "." | "..") {
                    return Err(Error::new(
                        text.span(),
                        "an integration is a name such as \"slack\", or \"custom/\" and the id of a custom one",
                    ));
                }
                self.integration = Some(text);
            }
            "auth" => {
                self.auth = match value.as_str() {
                    "user" => Auth::User,
                    "app" => Auth::App,
                    "any" => Auth::Any,
                    other => {
                        let hint = did_you_mean(other, &["user", "app", "any"]);
                        return Err(Error::new(text.span(), format!("`auth` is \"user\", \"app\" or \"any\"{hint}")));
                    }
                }
            }
            _ if value.is_empty() => return Err(Error::new(text.span(), format!("`{key}` is empty"))),
            "page" => self.page = Some(text),
            _ => self.name = Some(text),
        }
        Ok(())
    }

    /// The path of the client's crate.
    pub(crate) fn krate(&self, span: Span) -> TokenStream {
        self.krate.as_ref().map_or_else(|| quote_spanned!(span=> ::paragon_twitter), ToTokens::to_token_stream)
    }

    /// Whether a request by this method can have a body.
    pub(crate) fn takes_body(&self) -> bool {
        // Of an unknown method nothing more is said than that it is unknown.
        self.method.as_ref().is_none_or(|method| METHODS.iter().any(|(name, body)| *body && method == name))
    }
}

/// Whether a key comes next, and not the method or path that should.
fn is_key(input: ParseStream<'_>) -> bool {
    let known = input.fork().call(Ident::parse_any).is_ok_and(|word| KEYS.contains(&word.to_string().as_str()));
    known || input.peek2(Token![=])
}

/// Texts in square brackets.
fn texts(input: ParseStream<'_>) -> Result<Vec<LitStr>> {
    let content;
    syn::bracketed!(content in input);
    Ok(Punctuated::<LitStr, Token![,]>::parse_terminated(&content)?.into_iter().collect())
}

fn is_method(text: &LitStr) -> bool {
    METHODS.iter().any(|(name, _)| *name == text.value())
}

fn example(key: &str) -> &'static str {
    match key {
        "scopes" => "[\"like.read\"]",
        "integration" => "\"slack\"",
        "page" => "\"pagination_token\"",
        "client" => "self.twitter",
        "auth" => "\"app\"",
        "name" => "\"circles.likes\"",
        "crate" => "paragon_twitter",
        _ => "true",
    }
}
