//! Declarations that are broken at arbitrary places, as they are while somebody types them.

use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::declare;

/// Attribute and item of declarations without mistakes, with a space between any two words.
const DECLARATIONS: [(&str, &str); 3] = [
    (
        r#"GET , "/2/circles/{circle_id}/liked" , scopes = [ "like.read" ] , name = "circles.liked""#,
        r#"# [ doc = "Posts." ] pub ( crate ) async fn declared < 'a , F : Fn ( u8 ) -> bool > ( twitter : & 'a Twitter ,
        # [ doc = "Which." ] circle_id : u64 , # [ query ( rename = "post.fields" , csv ) ] fields : & [ PostField ] ,
        # [ header ( "x-beta" ) ] beta : std :: collections :: BTreeMap < String , Vec < u8 > > )
        -> paragon_twitter :: Result < Reply < Vec < Post > > > where F : Clone ;"#,
    ),
    (
        r#"POST , "/2/circles" , auth = "any" , idempotent"#,
        "async fn declared ( & self , # [ body ( form ) ] circle : & NewCircle ) -> Result < ( ) > ;",
    ),
    (
        r#"GET , "/2/circles" , page = "next" , client = self.twitter , crate = my :: client"#,
        "fn declared ( & self , # [ timeout ] limit : Duration ) -> Items < Post > ;",
    ),
];

const WORDS: &[&str] = &[
    ",",
    "#",
    ":",
    "::",
    "->",
    "-",
    "<",
    ">",
    "&",
    "=",
    ";",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "fn",
    "async",
    "self",
    "where",
    "impl",
    "dyn",
    "x",
    "'a",
    "7",
    "\"\"",
    "\"{\"",
    "GET",
    "scopes",
    "page",
    "auth",
    "paragon_request",
    "query",
    "é",
    "r#type",
];

/// Closes open groups at the end and leaves out signs that close none, because only balanced text consists of tokens.
fn balanced<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    let mut text = String::new();
    let mut open = Vec::new();
    for word in words {
        match word {
            "(" => open.push(")"),
            "[" => open.push("]"),
            "{" => open.push("}"),
            ")" | "]" | "}" if open.last() != Some(&word) => continue,
            ")" | "]" | "}" => drop(open.pop()),
            _ => {}
        }
        text.push_str(word);
        text.push(' ');
    }
    text.extend(open.into_iter().rev());
    text
}

/// Expands a declaration.
fn declared(attribute: &str, item: &str) -> String {
    declare(attribute.parse().unwrap(), item.parse().unwrap()).to_string()
}

/// Checks that a function remains where there was a name, and that no declaration in error compiles.
fn check(attribute: &str, item: &str) -> Result<(), TestCaseError> {
    let output = declared(attribute, item);
    if item.contains("fn declared ") {
        prop_assert!(output.contains("fn declared "), "{output}");
    }
    let whole = DECLARATIONS
        .iter()
        .any(|(whole, signature)| balanced(whole.split_whitespace()) == attribute && balanced(signature.split_whitespace()) == item);
    let told = output.contains("compile_error");
    let refused = syn::parse_str::<syn::ItemFn>(&output).is_err();
    let expanded = output.contains("__paragon");
    prop_assert!(if whole { expanded } else { told || refused || expanded }, "{output}");
    prop_assert!(!(expanded && (told || refused)), "{output}");
    Ok(())
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

#[test]
fn declarations_without_mistakes_are_expanded() {
    for (attribute, item) in DECLARATIONS {
        let output = declared(attribute, item);
        assert!(output.contains("__paragon") && !output.contains("compile_error"), "{output}");
    }
}

#[test]
fn a_declaration_that_ends_early_is_a_function_in_error() {
    for (attribute, item) in DECLARATIONS {
        for length in 0..words(item).len() {
            check(&balanced(words(attribute)), &balanced(words(item)[..length].iter().copied())).unwrap();
        }
        for length in 0..words(attribute).len() {
            check(&balanced(words(attribute)[..length].iter().copied()), &balanced(words(item))).unwrap();
        }
    }
}

proptest! {
    #[test]
    fn a_declaration_with_a_word_too_many_or_too_few_or_wrong_is_expanded_or_in_error(
        (attribute, item) in select(&DECLARATIONS),
        changes in proptest::collection::vec((any::<bool>(), any::<Index>(), any::<bool>(), proptest::option::of(select(WORDS))), 1..4),
    ) {
        let (mut attribute, mut item) = (words(attribute), words(item));
        for (in_attribute, index, removes, word) in changes {
            let words = if in_attribute { &mut attribute } else { &mut item };
            let at = index.index(words.len() + 1);
            words.splice(at..(at + usize::from(removes)).min(words.len()), word);
        }
        check(&balanced(attribute), &balanced(item))?;
    }
}
