//! Query strings: what X accepts in them, and what it says about the rest.

use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::problem::invalid;
use crate::render;

/// A decoded query string, in the order it was sent.
#[derive(Debug, Default)]
pub(crate) struct Query(Vec<(String, String)>);

/// A parameter of an operation.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) required: bool,
}

/// What the value of a parameter must be. Lists are separated by commas.
#[derive(Debug)]
pub(crate) enum Kind {
    PostFields,
    UserFields,
    PostExpansions,
    UserExpansions,
    /// Names that X checks and the emulator has nothing for yet.
    Names,
    OneOf(&'static [&'static str]),
    Ids,
    Id,
    Integer(u32, u32),
    Time,
    /// A token of ours, checked where it is used.
    Token,
}

/// The most ids X takes in one list.
const MAX_IDS: usize = 100;

pub(crate) const fn optional(name: &'static str, kind: Kind) -> Parameter {
    Parameter { name, kind, required: false }
}

pub(crate) const fn required(name: &'static str, kind: Kind) -> Parameter {
    Parameter { name, kind, required: true }
}

/// Percent-decoding; what is not UTF-8 is shown as such and then fails the check of its parameter.
pub(crate) fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Whether this is an id of X as the description has it: `^[0-9]{1,19}$`.
pub(crate) fn is_id(text: &str) -> bool {
    (1..=19).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl Query {
    pub(crate) fn parse(text: Option<&str>) -> Self {
        let pairs = text.unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
        Self(
            pairs
                .map(|pair| {
                    let pair = pair.replace('+', " ");
                    let (name, value) = pair.split_once('=').unwrap_or((&pair, ""));
                    (decode(name), decode(value))
                })
                .collect(),
        )
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn list(&self, name: &str) -> impl Iterator<Item = &str> {
        self.get(name).into_iter().flat_map(|value| value.split(','))
    }

    pub(crate) fn integer(&self, name: &str) -> Option<u32> {
        self.get(name)?.parse().ok()
    }

    pub(crate) fn id(&self, name: &str) -> Option<u64> {
        self.get(name)?.parse().ok()
    }

    pub(crate) fn time(&self, name: &str) -> Option<Timestamp> {
        self.get(name)?.parse().ok()
    }

    /// Everything that is wrong, all at once.
    pub(crate) fn check(&self, parameters: &[&[Parameter]]) -> Vec<Value> {
        let parameters: Vec<&Parameter> = parameters.iter().copied().flatten().collect();
        let mut errors = Vec::new();
        for (index, (name, value)) in self.0.iter().enumerate() {
            if self.0[..index].iter().any(|(earlier, _)| earlier == name) {
                // Lists are written `a,b` by X's description, never `p=a&p=b`.
                errors.push(invalid(name, &[value], format!("The query parameter [{name}] may be given only once.")));
                continue;
            }
            match parameters.iter().find(|parameter| parameter.name == name) {
                Some(parameter) => {
                    if let Err(wrong) = parameter.kind.check(value) {
                        let message = format!("The `{name}` query parameter value {}", wrong.message);
                        errors.push(invalid(name, &[&wrong.value], message));
                    }
                }
                None => {
                    let known: Vec<&str> = parameters.iter().map(|parameter| parameter.name).collect();
                    let message = format!("The query parameter [{name}] is not one of [{}].", known.join(","));
                    errors.push(invalid(name, &[value], message));
                }
            }
        }
        for parameter in parameters.iter().filter(|parameter| parameter.required && self.get(parameter.name).is_none()) {
            errors.push(invalid(parameter.name, &[], format!("The `{}` query parameter can not be empty.", parameter.name)));
        }
        errors
    }
}

struct Wrong {
    value: String,
    message: String,
}

impl Kind {
    fn check(&self, value: &str) -> Result<(), Wrong> {
        let one = |ok: bool, rule: String| {
            if ok { Ok(()) } else { Err(Wrong { value: value.to_owned(), message: format!("[{value}] {rule}.") }) }
        };
        let each = |accepted: &dyn Fn(&str) -> bool, rule: &str| match value.split(',').find(|item| !accepted(item)) {
            Some(item) => Err(Wrong { value: item.to_owned(), message: format!("[{item}] {rule}.") }),
            None => Ok(()),
        };
        match self {
            Self::PostFields => each(&render::is_post_field, "is not a field of a post"),
            Self::UserFields => each(&render::is_user_field, "is not a field of a user"),
            Self::PostExpansions => each(&render::is_post_expansion, "is not an expansion of a post"),
            Self::UserExpansions => each(&render::is_user_expansion, "is not an expansion of a user"),
            Self::Names => each(&|item| !item.is_empty(), "is empty"),
            Self::OneOf(names) => each(&|item| names.contains(&item), &format!("is not one of [{}]", names.join(","))),
            Self::Ids => {
                each(&is_id, "is not a valid id")?;
                let count = value.split(',').count();
                one(count <= MAX_IDS, format!("has {count} ids, more than {MAX_IDS}"))
            }
            Self::Id => one(is_id(value), "is not a valid id".to_owned()),
            Self::Integer(low, high) => {
                let inside = value.parse::<u32>().is_ok_and(|number| (*low..=*high).contains(&number));
                one(inside, format!("is not between {low} and {high}"))
            }
            Self::Time => one(value.parse::<Timestamp>().is_ok(), "is not an RFC 3339 time".to_owned()),
            Self::Token => one(!value.is_empty(), "is empty".to_owned()),
        }
    }
}
