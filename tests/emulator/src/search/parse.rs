//! From the text of a query to its tree, and X's rules on the content of a query.

use std::fmt;

use super::entities::entities;
use super::expr::Expr;
use super::operator::{Is, MAX_DISTANCE, Refused, Term};
use super::words::{Phrase, fold, is_logical};
use super::{Product, Query};

/// How deep parentheses may be nested. Walks over a tree recurse as deep.
const MAX_DEPTH: usize = 40;

/// Why a text is no query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ParseError {
    /// The fault, with the position counted in characters from 1, as X does.
    pub(crate) message: String,
    /// The byte at which the offending token begins.
    pub(crate) offset: usize,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ParseError {}

pub(super) fn parse(text: &str, product: Product) -> Result<Query, ParseError> {
    let mut parser = Parser { text, product, at: 0, depth: 0, negated: false, list: None };
    let parsed = parser.any()?;
    if let Some(character) = parser.peek() {
        // `any` only stops early at a parenthesis that closes nothing.
        return Err(parser.error(parser.at, format!("unexpected '{character}', which closes no parenthesis")));
    }
    match parsed.loose {
        Some((offset, why)) => Err(parser.error(offset, why.message().to_owned())),
        None => Ok(Query { product, expr: parsed.expr, list: parser.list }),
    }
}

/// Why an expression cannot stand alone.
#[derive(Debug, Clone, Copy)]
enum Loose {
    Operator,
    Negated,
}

impl Loose {
    fn message(self) -> &'static str {
        match self {
            Self::Operator => "is, has, lang, source and sample need an operator beside them that can stand alone",
            Self::Negated => "a negated term needs one beside it that is not negated",
        }
    }
}

struct Parsed {
    expr: Expr,
    /// Where and why it would match far too much by itself.
    loose: Option<(usize, Loose)>,
}

impl Parsed {
    /// Terms that must all match: a single term that can stand alone is enough.
    fn all(parts: Vec<Self>) -> Self {
        let loose = if parts.iter().any(|part| part.loose.is_none()) { None } else { parts.first().and_then(|part| part.loose) };
        Self { expr: combine(parts, Expr::All), loose }
    }

    /// Alternatives: each of them must be able to stand alone.
    fn any(branches: Vec<Self>) -> Self {
        let loose = branches.iter().find_map(|branch| branch.loose);
        Self { expr: combine(branches, Expr::Any), loose }
    }
}

fn combine(parts: Vec<Parsed>, into: fn(Vec<Expr>) -> Expr) -> Expr {
    let mut exprs: Vec<Expr> = parts.into_iter().map(|part| part.expr).collect();
    match exprs.pop() {
        Some(only) if exprs.is_empty() => only,
        last => {
            exprs.extend(last);
            into(exprs)
        }
    }
}

struct Parser<'a> {
    text: &'a str,
    product: Product,
    at: usize,
    depth: usize,
    /// Whether an odd number of negations is in force.
    negated: bool,
    list: Option<u64>,
}

impl<'a> Parser<'a> {
    fn error(&self, offset: usize, message: impl fmt::Display) -> ParseError {
        let position = self.text[..offset].chars().count() + 1;
        ParseError { message: format!("{message} (at position {position})"), offset }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn eat(&mut self, expected: char) -> bool {
        let found = self.peek() == Some(expected);
        if found {
            self.at += expected.len_utf8();
        }
        found
    }

    /// Takes characters as long as they fulfil a condition.
    fn take_while(&mut self, condition: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let taken = &rest[..rest.find(|character| !condition(character)).unwrap_or(rest.len())];
        self.at += taken.len();
        taken
    }

    fn skip_space(&mut self) {
        self.take_while(char::is_whitespace);
    }

    /// Returns whether the operator `OR` is next, which is a word of its own.
    fn at_or(&self) -> bool {
        self.rest().strip_prefix("OR").is_some_and(|after| after.chars().next().is_none_or(|next| !in_word(next)))
    }

    /// `a b OR c`: binds loosest.
    fn any(&mut self) -> Result<Parsed, ParseError> {
        let mut branches = vec![self.all()?];
        while self.at_or() {
            self.at += "OR".len();
            branches.push(self.all()?);
        }
        Ok(Parsed::any(branches))
    }

    /// `a b c`
    fn all(&mut self) -> Result<Parsed, ParseError> {
        let mut parts = Vec::new();
        loop {
            self.skip_space();
            let found = match self.peek() {
                None => "the end of the query",
                Some(')') => "')'",
                Some(_) if self.at_or() => "'OR'",
                Some(_) => {
                    parts.push(self.negation()?);
                    continue;
                }
            };
            return if parts.is_empty() {
                Err(self.error(self.at, format!("expected a term, found {found}")))
            } else {
                Ok(Parsed::all(parts))
            };
        }
    }

    /// `-a`
    fn negation(&mut self) -> Result<Parsed, ParseError> {
        let start = self.at;
        if !self.eat('-') {
            return self.term();
        }
        if self.peek().is_none_or(|next| next.is_whitespace() || matches!(next, '-' | ')')) {
            return Err(self.error(start, "'-' must be followed by a term"));
        }
        self.negated = !self.negated;
        let inner = self.term()?;
        self.negated = !self.negated;
        Ok(Parsed { expr: Expr::Not(Box::new(inner.expr)), loose: Some((start, Loose::Negated)) })
    }

    fn term(&mut self) -> Result<Parsed, ParseError> {
        let start = self.at;
        let term = match self.peek() {
            Some('(') => return self.group(),
            Some('"') => self.phrase()?,
            Some(sign @ ('#' | '$' | '@')) => self.tag(sign)?,
            _ => self.word()?,
        };
        let refuse = |message: &str| Err(self.error(start, message));
        match term {
            Term::Is(Is::Nullcast) if !self.negated => return refuse("'is:nullcast' must be negated"),
            Term::Sample(_) if self.negated => return refuse("'sample:' cannot be negated"),
            Term::List(_) if self.list.is_some() => return refuse("'list:' can be used only once"),
            Term::List(id) => self.list = Some(id),
            _ => {}
        }
        let loose = if term.stands_alone() { None } else { Some((start, Loose::Operator)) };
        Ok(Parsed { expr: Expr::Term(term), loose })
    }

    /// `(a OR b)`
    fn group(&mut self) -> Result<Parsed, ParseError> {
        let start = self.at;
        if self.depth == MAX_DEPTH {
            return Err(self.error(start, "parentheses are nested too deep"));
        }
        self.at += 1;
        self.depth += 1;
        let inner = self.any()?;
        self.depth -= 1;
        if self.eat(')') { Ok(inner) } else { Err(self.error(start, "'(' is never closed")) }
    }

    /// `"a b"` or `"a b"~3`
    fn phrase(&mut self) -> Result<Term, ParseError> {
        let start = self.at;
        let text = self.quoted()?;
        let Some(phrase) = Phrase::new(text, self.product) else {
            return Err(self.error(start, "there is no word between the quotes"));
        };
        let tilde = self.at;
        if !self.eat('~') {
            return Ok(Term::Text(phrase));
        }
        if self.product == Product::Search {
            return Err(self.error(tilde, "'~' is only available in rules"));
        }
        let digits = self.take_while(|character| character.is_ascii_digit());
        match digits.parse() {
            Ok(distance) if distance <= MAX_DISTANCE => Ok(Term::Text(phrase.within(distance))),
            _ => Err(self.error(tilde, format!("'~' takes a number up to {MAX_DISTANCE}"))),
        }
    }

    /// The text between quotes, where `\"` is a quote and `\\` a backslash.
    fn quoted(&mut self) -> Result<String, ParseError> {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            text.push_str(self.take_while(|character| !matches!(character, '"' | '\\')));
            if self.eat('"') {
                return Ok(text);
            }
            if !self.eat('\\') {
                return Err(self.error(start, "'\"' is never closed"));
            }
            // Before anything else than a quote and another of its kind, a backslash is itself.
            let escaped = ['"', '\\'].into_iter().find(|&character| self.eat(character));
            text.push(escaped.unwrap_or('\\'));
        }
    }

    /// `#a`, `$a`, `@a`
    fn tag(&mut self, sign: char) -> Result<Term, ParseError> {
        let start = self.at;
        self.at += 1;
        let name = self.take_while(in_word);
        // A tag has the form that is found as a tag in a text.
        let text = format!("{sign}{name}");
        let found = entities(&text);
        let (kind, tags, term): (_, _, fn(String) -> Term) = match sign {
            '#' => ("hashtag", found.hashtags, Term::Hashtag),
            '$' => ("cashtag", found.cashtags, Term::Cashtag),
            _ => ("username", found.mentions, Term::Mention),
        };
        match tags.first() {
            Some(tag) if tag.text == name => Ok(term(fold(name, self.product))),
            _ => Err(self.error(start, format!("'{text}' is no {kind}"))),
        }
    }

    /// `a` or `name:value`
    fn word(&mut self) -> Result<Term, ParseError> {
        let start = self.at;
        let word = self.take_while(|character| in_word(character) && character != ':');
        if self.peek() == Some(':') {
            return self.operator(start, word);
        }
        if is_logical(word) {
            let message = format!(
                "'{word}' is ambiguous: put a space between terms to find both, OR to find either, or '\"{word}\"' to find the word"
            );
            return Err(self.error(start, message));
        }
        // Other signs of ASCII have to be in quotes.
        let unexpected = |character: char| character.is_ascii_punctuation() && !matches!(character, '-' | '_' | '\'' | '.' | '/');
        if let Some(at) = word.find(unexpected) {
            let character = &word[at..=at];
            return Err(self.error(start + at, format!("unexpected '{character}'; a text that contains it must be in quotes")));
        }
        match Phrase::new(word.to_owned(), self.product) {
            Some(phrase) => Ok(Term::Text(phrase)),
            None => Err(self.error(start, format!("there is no word in '{word}'"))),
        }
    }

    /// `:value` after the name of an operator
    fn operator(&mut self, start: usize, name: &str) -> Result<Term, ParseError> {
        self.at += 1;
        let value = match self.peek() {
            Some('"') => self.quoted()?,
            Some('[') => {
                self.at += 1;
                let inside = self.take_while(|character| character != ']');
                if !self.eat(']') {
                    return Err(self.error(start, "'[' is never closed"));
                }
                inside.to_owned()
            }
            _ => self.take_while(in_word).to_owned(),
        };
        Term::operator(name, &value, self.product).map_err(|refused| {
            let message = match refused {
                Refused::Operator => format!("there is no operator '{name}' here"),
                Refused::Value(message) => message,
            };
            self.error(start, message)
        })
    }
}

/// A character that ends a word can stand beside it without a space.
fn in_word(character: char) -> bool {
    !character.is_whitespace() && !matches!(character, '(' | ')' | '"')
}
