//! The language of a text.

use std::sync::LazyLock;

use whatlang::{Detector, Lang, Script};

/// The languages that are told apart, by X's codes.
const LANGUAGES: &[(Lang, &str)] = &[
    (Lang::Ara, "ar"),
    (Lang::Cmn, "zh"),
    (Lang::Deu, "de"),
    (Lang::Ell, "el"),
    (Lang::Eng, "en"),
    (Lang::Fra, "fr"),
    (Lang::Heb, "he"),
    (Lang::Hin, "hi"),
    (Lang::Ita, "it"),
    (Lang::Jpn, "ja"),
    (Lang::Kor, "ko"),
    (Lang::Nld, "nl"),
    (Lang::Pol, "pl"),
    (Lang::Por, "pt"),
    (Lang::Rus, "ru"),
    (Lang::Spa, "es"),
    (Lang::Tha, "th"),
    (Lang::Tur, "tr"),
    (Lang::Ukr, "uk"),
    (Lang::Vie, "vi"),
];

static DETECTOR: LazyLock<Detector> = LazyLock::new(|| Detector::with_allowlist(LANGUAGES.iter().map(|(lang, _)| *lang).collect()));

/// The language of a text, if it can be told. There is one for each of very many posts, in a single byte.
#[derive(Debug, Clone, Copy)]
pub(super) struct Language(Option<Lang>);

impl Language {
    /// Short texts in Latin letters are taken for English, because there is not enough to tell by.
    pub(super) fn of(text: &str) -> Self {
        Self(DETECTOR.detect(text).map(|info| {
            let guessed = !info.is_reliable() && info.script() == Script::Latin;
            if guessed { Lang::Eng } else { info.lang() }
        }))
    }

    /// X's code for it.
    pub(super) fn code(self) -> &'static str {
        LANGUAGES.iter().find(|(lang, _)| Some(*lang) == self.0).map_or("und", |(_, code)| code)
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn a_language_is_told_where_there_is_enough_to_tell_by() {
        for (text, expected) in [
            ("tea", "en"),
            ("Good morning, who is up for a walk in the park?", "en"),
            ("Bom dia, quem quer dar uma volta no parque?", "pt"),
            ("おはようございます。", "ja"),
            ("안녕하세요", "ko"),
            ("1 2 3", "und"),
        ] {
            assert_eq!(Language::of(text).code(), expected, "{text}");
        }
    }
}
