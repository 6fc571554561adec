//! What annotators marked: the lines below the text of a document in PubTator's form, which the NCBI disease corpus and BioRED
//! have too.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{ConceptId, ConceptType, Span};
use crate::vocab::Vocabulary;

/// The types of mentions that are compared, as the sets call them.
const TYPES: [(&str, ConceptType); 8] = [
    ("Disease", ConceptType::Condition),
    ("SpecificDisease", ConceptType::Condition),
    ("DiseaseClass", ConceptType::Condition),
    ("CompositeMention", ConceptType::Condition),
    ("Modifier", ConceptType::Condition),
    ("DiseaseOrPhenotypicFeature", ConceptType::Condition),
    ("Chemical", ConceptType::Chemical),
    ("ChemicalEntity", ConceptType::Chemical),
];

/// The marks of a document that are compared.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Gold {
    /// Each place with its type.
    pub(super) mentions: BTreeSet<(ConceptType, Span)>,
    /// Each concept named with its type.
    pub(super) ids: BTreeSet<(ConceptType, ConceptId)>,
}

impl Gold {
    /// Reads the lines of annotations; other lines, and types that are not compared, are passed over. Ids are those that the concepts have by now, in MeSH
    /// where that can be told. The error says which line makes no sense.
    pub(super) fn read(lines: &str, vocabulary: &Vocabulary) -> Result<Self, String> {
        let mut gold = Self::default();
        let mut ids: BTreeMap<(ConceptType, ConceptId), ConceptId> = BTreeMap::new();
        for line in lines.lines() {
            let fields: Vec<&str> = line.split('\t').collect();
            let [_, start, end, words, kind, rest @ ..] = fields.as_slice() else { continue };
            let Some((_, kind)) = TYPES.iter().find(|(name, _)| name == kind) else { continue };
            let (Ok(start), Ok(end)) = (start.parse(), end.parse()) else {
                return Err(format!("no place in {line:?}"));
            };
            if end <= start {
                return Err(format!("an empty place in {line:?}"));
            }
            gold.mentions.insert((*kind, Span::new(start, end)));
            let marked = rest.first().copied().unwrap_or_default();
            let marked: Vec<ConceptId> = marked.split(['|', '+', ',', ';']).filter_map(concept).collect();
            for id in &marked {
                // The words are the name of one concept, not of several.
                let found = if marked.len() == 1 { vocabulary.renumbered(id, words) } else { vocabulary.current(id) };
                let known = ids.entry((*kind, id.clone())).or_insert_with(|| id.clone());
                // One place that writes the name out tells it for all of the document.
                if found != *id {
                    *known = found;
                }
            }
        }
        let in_mesh = |id: ConceptId| vocabulary.in_mesh(&id).unwrap_or(id);
        gold.ids = ids.into_iter().map(|((kind, _), id)| (kind, in_mesh(id))).collect();
        Ok(gold)
    }
}

/// The id as the sets write it: MeSH's without a prefix, others with theirs, which a vocabulary may know as one of its own. None for `-1`, which stands
/// for no concept.
fn concept(id: &str) -> Option<ConceptId> {
    let id = id.trim();
    if id.is_empty() || id.starts_with('-') {
        return None;
    }
    Some(if id.contains(':') { ConceptId::new(id) } else { ConceptId::mesh(id) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_read_in_their_spellings() {
        let lines = "1|t|A text.\n1\t0\t4\tgout\tDisease\tD006073\n1\t9\t20\ta and b\tCompositeMention\t D1|D2 \n\
                     1\t30\t33\tzinc\tChemicalEntity\tD015032,D3\n1\t40\t44\tnone\tModifier\t-1\n1\t50\t55\tgene\tGene\t77\n\
                     1\tCID\tD1\tD2\n1\t9\t20\ta and b\tCompositeMention\tD1|D2\n";
        let gold = Gold::read(lines, &Vocabulary::starter()).unwrap();
        let ids: Vec<String> = gold.ids.iter().map(|(kind, id)| format!("{} {id}", kind.name())).collect();
        assert_eq!(
            ids,
            [
                "condition MESH:D006073",
                "condition MESH:D1",
                "condition MESH:D2",
                "chemical MESH:D015032",
                "chemical MESH:D3"
            ]
        );
        assert_eq!(gold.mentions.len(), 4);
        assert!(Gold::read("1\tx\t4\tgout\tDisease\tD1", &Vocabulary::starter()).is_err());
    }
}
