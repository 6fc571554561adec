//! Passages that are not in English: they are marked, and no other extractor reads them.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::extract::{Extractor, Input, table};
use crate::model::{Annotation, Foreign};

/// Recognises passages in other languages.
#[derive(Debug, Clone, Copy)]
pub struct Language;

impl Extractor for Language {
    fn name(&self) -> &'static str {
        "language"
    }

    fn version(&self) -> u32 {
        2
    }

    fn extract(&self, input: &Input<'_>, annotation: &mut Annotation) {
        for (number, span) in input.passages.iter().enumerate() {
            if let Some(language) = foreign(input.text.slice(*span)) {
                annotation.foreign.push(Foreign { passage: number as u32, language: language.to_owned() });
            }
        }
    }
}

/// How much of a passage is looked at, in bytes.
const ENOUGH: usize = 2000;
/// A text with fewer words is too short to tell by its words.
const FEWEST_WORDS: usize = 8;
/// The share of small words from which a language is believed.
const BELIEVED: f64 = 0.12;
/// So many different ones must be there: one word may be a word of English too ("a").
const DIFFERENT: usize = 3;
const ENGLISH: &str = "eng";
/// A language that is not told, by ISO 639-2.
const UNDETERMINED: &str = "und";

/// Languages in the order of the table.
static LANGUAGES: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| table::rows(include_str!("languages.tsv")).filter_map(|row| row.first().copied()).collect());

/// The languages that have a word, by position.
static WORDS: LazyLock<HashMap<&'static str, Vec<usize>>> = LazyLock::new(|| {
    let mut words: HashMap<&'static str, Vec<usize>> = HashMap::new();
    for (language, row) in table::rows(include_str!("languages.tsv")).enumerate() {
        for word in row.get(1).into_iter().flat_map(|list| list.split(' ')) {
            let languages = words.entry(word).or_default();
            if !languages.contains(&language) {
                languages.push(language);
            }
        }
    }
    words
});

/// The language of a text that is not English; none for English and for what cannot be told.
fn foreign(text: &str) -> Option<&'static str> {
    let end = (ENOUGH..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    let text = &text[..end];
    if let Some(language) = by_script(text) {
        return Some(language);
    }
    let mut hits = vec![0_u32; LANGUAGES.len()];
    let mut count = 0_u32;
    let mut seen: HashSet<&'static str> = HashSet::new();
    let mut different = vec![0_usize; LANGUAGES.len()];
    for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
        count += 1;
        // Small words are short; most others need no folding.
        if word.len() <= 12
            && let Some((known, languages)) = WORDS.get_key_value(word.to_lowercase().as_str())
        {
            let first = seen.insert(known);
            for language in languages {
                hits[*language] += 1;
                different[*language] += usize::from(first);
            }
        }
    }
    if (count as usize) < FEWEST_WORDS {
        return None;
    }
    let english = LANGUAGES.iter().position(|language| *language == ENGLISH).map_or(0, |at| hits[at]);
    let (best, most) = hits.iter().enumerate().rev().max_by_key(|(_, hits)| **hits)?;
    let language = LANGUAGES[best];
    let sure = f64::from(*most) >= BELIEVED * f64::from(count) && *most >= 2 * english && different[best] >= DIFFERENT;
    (language != ENGLISH && sure).then_some(language)
}

/// The language that the script of most letters tells.
fn by_script(text: &str) -> Option<&'static str> {
    let mut letters = 0_usize;
    let mut scripts: [(&str, usize); 7] =
        [("jpn", 0), ("kor", 0), ("chi", 0), ("gre", 0), ("heb", 0), ("tha", 0), (UNDETERMINED, 0)];
    for c in text.chars().filter(|c| c.is_alphabetic()) {
        letters += 1;
        let at = match c {
            '\u{3040}'..='\u{30ff}' => 0,
            '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7af}' => 1,
            '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}' => 2,
            '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => 3,
            '\u{590}'..='\u{5ff}' => 4,
            '\u{e00}'..='\u{e7f}' => 5,
            // Latin, with its marks, its letters for sounds, ligatures and wide forms, and the letters of formulas.
            '\0'..='\u{36f}' | '\u{1d00}'..='\u{1eff}' | '\u{2000}'..='\u{2fff}' | '\u{a720}'..='\u{a7ff}' => continue,
            '\u{fb00}'..='\u{fb06}' | '\u{ff00}'..='\u{ff5f}' | '\u{1d400}'..='\u{1d7ff}' => continue,
            _ => 6,
        };
        scripts[at].1 += 1;
    }
    let others: usize = scripts.iter().map(|(_, count)| count).sum();
    if others < 8 || others * 2 <= letters {
        return None;
    }
    // Japanese is written with Chinese characters and its own.
    if scripts[0].1 * 10 > others {
        return Some(scripts[0].0);
    }
    let (language, count) = scripts.into_iter().rev().max_by_key(|(_, count)| *count)?;
    (count > 0).then_some(language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_words() {
        assert!(table::rows(include_str!("languages.tsv")).all(|row| row.len() == 2 && row[1].split(' ').count() > 10));
        assert!(LANGUAGES.contains(&ENGLISH));
    }

    #[test]
    fn other_languages_are_told() {
        for (text, expected) in [
            ("El objetivo fue estudiar el efecto del yoga en la presión arterial de adultos.", Some("spa")),
            ("Les enfants ont reçu trois cures de traitement dans les deux groupes pendant trois mois.", Some("fre")),
            ("Die Patienten wurden mit dem Medikament oder mit Placebo für zwölf Wochen behandelt.", Some("ger")),
            ("Os pacientes foram tratados com o medicamento ou com placebo em uma clínica.", Some("por")),
            ("Пациенты получали препарат или плацебо в течение двенадцати недель.", Some("und")),
            ("患者接受药物或安慰剂治疗十二周。", Some("chi")),
            ("患者は薬またはプラセボを十二週間服用した。", Some("jpn")),
            ("환자들은 십이 주 동안 약물 또는 위약을 복용하였다.", Some("kor")),
            ("تلقى المرضى الدواء أو الدواء الوهمي لمدة اثني عشر أسبوعا.", Some("und")),
            ("Patients received the drug or placebo for twelve weeks, and pain was lower with the drug.", None),
            ("The de novo synthesis of α-, β- and γ-tocopherol in vivo was measured by ΔF and σ and π.", None),
            (
                "In those with a large lesion, early surgery increased walking at a year with no change in mortality.",
                None,
            ),
            ("Ergebnis.", None),
            ("", None),
        ] {
            assert_eq!(foreign(text), expected, "{text}");
        }
    }
}
