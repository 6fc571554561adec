//! The Rich Release Format of the UMLS and of RxNorm.

use std::collections::BTreeMap;
use std::io::Read;

use super::lines::{Lines, refuse};
use super::reconcile::{is_record, onto_mesh};
use super::{LoadError, Loader, Source};
use crate::model::ConceptType;
use crate::progress::Progress;
use crate::vocab::entry::{Entry, Name};
use crate::vocab::layer::Title;

/// MRCONSO and RXNCONSO, which have the same columns.
pub(super) struct Rrf;

/// How many fields a line has; each is closed by a bar.
const FIELDS: usize = 18;

/// Term types of abbreviations and acronyms.
const ABBREVIATIONS: [&str; 3] = ["AB", "ACR", "AA"];

/// The fields that are read.
struct Row<'l> {
    concept: &'l str,
    language: &'l str,
    preferred: bool,
    source: &'l str,
    term_type: &'l str,
    code: &'l str,
    text: &'l str,
    suppressed: bool,
}

impl<'l> Row<'l> {
    fn read(line: &'l str) -> Result<Self, String> {
        let line = line.strip_suffix('|').ok_or("the last field is not closed by “|”")?;
        let fields: Vec<&str> = line.split('|').collect();
        if fields.len() != FIELDS {
            return Err(format!("{} fields where {FIELDS} belong", fields.len()));
        }
        let row = Self {
            concept: fields[0],
            language: fields[1],
            preferred: fields[2] == "P" && fields[4] == "PF" && fields[6] == "Y",
            source: fields[11],
            term_type: fields[12],
            code: fields[13],
            text: fields[14].trim(),
            suppressed: fields[16] != "N",
        };
        if Dictionary::of(row.concept).is_none() {
            return Err(format!("“{}” is neither a CUI nor an RXCUI", row.concept));
        }
        if row.text.is_empty() {
            return Err(format!("a name of {} is empty", row.concept));
        }
        Ok(row)
    }
}

/// Which of the two a concept's identifier belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dictionary {
    Umls,
    RxNorm,
}

impl Dictionary {
    fn of(concept: &str) -> Option<Self> {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        match concept.strip_prefix('C') {
            Some(number) if digits(number) => Some(Self::Umls),
            None if digits(concept) => Some(Self::RxNorm),
            _ => None,
        }
    }

    const fn prefix(self) -> &'static str {
        match self {
            Self::Umls => "UMLS",
            Self::RxNorm => "RXNORM",
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Umls => "UMLS Metathesaurus",
            Self::RxNorm => "RxNorm",
        }
    }
}

#[derive(Default)]
struct Gathered {
    names: Vec<Name>,
    /// Whether the first name is the preferred one.
    preferred: bool,
    mesh: Vec<String>,
}

impl Gathered {
    fn take(&mut self, row: &Row<'_>, preferred: bool) {
        let mesh = (row.source == "MSH" && is_record(row.code)).then(|| format!("MESH:{}", row.code));
        self.mesh.extend(mesh.filter(|id| !self.mesh.contains(id)));
        let first = preferred && !self.preferred;
        self.preferred |= preferred;
        match self.names.iter().position(|name| name.text == row.text) {
            Some(at) if first => self.names[..=at].rotate_right(1),
            Some(_) => {}
            None => {
                let abbreviated = ABBREVIATIONS.contains(&row.term_type) && !row.text.contains(' ');
                let name = if abbreviated { Name::abbreviated(row.text) } else { Name::new(row.text) };
                let at = if first { 0 } else { self.names.len() };
                self.names.insert(at, name);
            }
        }
    }
}

impl Loader for Rrf {
    fn name(&self) -> &'static str {
        "rrf"
    }

    fn reads(&self) -> &'static str {
        "names in Rich Release Format (MRCONSO.RRF of the UMLS, RXNCONSO.RRF of RxNorm)"
    }

    fn recognises(&self, head: &[u8]) -> bool {
        let head = String::from_utf8_lossy(head);
        head.lines().next().is_some_and(|line| Row::read(line).is_ok())
    }

    fn load(&self, input: &mut (dyn Read + Send), progress: &dyn Progress) -> Result<Source, LoadError> {
        let task = progress.task("importing names", None, "names");
        let mut lines = Lines::new(input);
        let mut concepts: BTreeMap<String, Gathered> = BTreeMap::new();
        let mut dictionary = None;
        let mut last = 0;
        while let Some((number, line)) = lines.next()? {
            last = number;
            let row = Row::read(line).map_err(|reason| refuse(number, reason))?;
            let here = Dictionary::of(row.concept);
            if dictionary.is_some_and(|known| Some(known) != here) {
                return Err(refuse(number, "concepts of the UMLS and of RxNorm in one file"));
            }
            dictionary = here;
            task.advance(1);
            if row.language != "ENG" || row.suppressed {
                continue;
            }
            let preferred = if here == Some(Dictionary::RxNorm) { row.source == "RXNORM" } else { row.preferred };
            // A concept's lines stand together, but nothing promises that.
            if !concepts.contains_key(row.concept) {
                concepts.insert(row.concept.to_owned(), Gathered::default());
            }
            if let Some(concept) = concepts.get_mut(row.concept) {
                concept.take(&row, preferred);
            }
        }
        let Some(dictionary) = dictionary.filter(|_| !concepts.is_empty()) else {
            return Err(refuse(last, "the file ends without a name in English"));
        };
        let concept_type = (dictionary == Dictionary::RxNorm).then_some(ConceptType::Chemical);
        let entries = concepts.into_iter().map(|(id, gathered)| {
            let id = format!("{}:{id}", dictionary.prefix());
            (Entry { id, concept_type, names: gathered.names, ..Entry::default() }, gathered.mesh)
        });
        let entries = onto_mesh(entries.collect());
        let title = Title {
            title: dictionary.title().to_owned(),
            release: "unknown".to_owned(),
            credit: "U.S. National Library of Medicine; converted by litmine".to_owned(),
        };
        Ok(Source { title, entries })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;

    fn load(text: &str) -> Result<Source, String> {
        Rrf.load(&mut text.as_bytes(), &Silent).map_err(|error| error.to_string())
    }

    #[test]
    fn names_of_the_metathesaurus() {
        let text = "C0000001|ENG|S|L1|PF|S1|N|A1||M1|D000001|MSH|ET|D000001|odd paleness|0|N||\n\
                    C0000001|ENG|P|L2|PF|S2|Y|A2||M1|D000001|MSH|MH|D000001|Pale Humour|0|N|256|\n\
                    C0000001|ENG|S|L3|PF|S3|Y|A3||||XYZ|AB|7|PHU|0|N||\n\
                    C0000001|FRE|P|L4|PF|S4|Y|A4||||XYZ|PT|7|humeur pâle|0|N||\n\
                    C0000001|ENG|S|L5|PF|S5|Y|A5||||XYZ|PT|7|humour, obsolete|0|O||\n";
        assert!(Rrf.recognises(text.as_bytes()));
        let source = load(text).unwrap();
        let [entry] = source.entries.as_slice() else { panic!("{:?}", source.entries) };
        assert_eq!((entry.id.as_str(), entry.aliases[0].as_str()), ("MESH:D000001", "UMLS:C0000001"));
        let names: Vec<_> = entry.names.iter().map(|name| (name.text.as_str(), name.abbreviation)).collect();
        assert_eq!(names, [("Pale Humour", false), ("odd paleness", false), ("PHU", true)]);
        assert_eq!(entry.concept_type, None);
    }

    #[test]
    fn names_of_rxnorm() {
        let text = "17|ENG||||||901|901|17||MMSL|BN|4|Exa|| N||\n".replace(" N", "N")
            + "17|ENG||||||902|902|17||RXNORM|IN|17|examplomab||N|4096|\n";
        let source = load(&text).unwrap();
        let entry = &source.entries[0];
        assert_eq!((entry.id.as_str(), entry.concept_type), ("RXNORM:17", Some(ConceptType::Chemical)));
        let names: Vec<_> = entry.names.iter().map(|name| name.text.as_str()).collect();
        assert_eq!(names, ["examplomab", "Exa"]);
    }

    #[test]
    fn what_is_malformed_is_refused_with_its_line() {
        let good = "C0000001|ENG|P|L2|PF|S2|Y|A2||||XYZ|MH|7|Humour|0|N||\n";
        for (text, expected) in [
            (format!("{good}C0000001|ENG|P\n"), "line 2: the last field is not closed"),
            (format!("{good}C0000001|ENG|P|\n"), "line 2: 3 fields where 18 belong"),
            (good.replace("Humour", ""), "line 1: a name of C0000001 is empty"),
            (good.replace("C0000001", "X1"), "line 1: “X1” is neither"),
            (format!("{good}{}", good.replace("C0000001", "17")), "line 2: concepts of the UMLS and of RxNorm"),
            (good.replace("ENG", "FRE"), "line 1: the file ends without"),
        ] {
            let error = load(&text).unwrap_err();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
