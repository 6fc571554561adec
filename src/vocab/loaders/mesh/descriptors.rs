//! The descriptor file.

use std::io::Read;
use std::sync::LazyLock;

use super::{MESH, add_names, concepts, records, referred, title};
use crate::model::ConceptType;
use crate::progress::Progress;
use crate::vocab::entry::Entry;
use crate::vocab::loaders::{LoadError, Loader, Source};
use crate::xml::{Cursor, XmlError};

/// The descriptor file of MeSH.
pub(in crate::vocab::loaders) struct MeshDescriptors;

impl Loader for MeshDescriptors {
    fn name(&self) -> &'static str {
        "mesh"
    }

    fn reads(&self) -> &'static str {
        "NLM's MeSH descriptors in XML (desc2024.xml, desc2024.xml.gz)"
    }

    fn recognises(&self, head: &[u8]) -> bool {
        String::from_utf8_lossy(head).contains("<DescriptorRecordSet")
    }

    fn load(&self, input: &mut (dyn Read + Send), progress: &dyn Progress) -> Result<Source, LoadError> {
        let (release, entries) = records(input, &["DescriptorRecord"], "descriptor", progress, &descriptor)?;
        Ok(Source { title: title("Medical Subject Headings", release), entries })
    }
}

fn descriptor(bytes: &[u8], position: u64) -> Result<Vec<Entry>, XmlError> {
    let mut cursor = Cursor::new(bytes, position)?;
    let root = cursor.root()?;
    let mut entry = Entry { id: MESH.to_owned(), ..Entry::default() };
    while let Some(child) = cursor.child(&root)? {
        match child.name() {
            "DescriptorUI" => entry.id.push_str(cursor.text(&child)?.trim()),
            "DescriptorName" => add_names(&mut cursor, &child, &mut entry.names)?,
            "TreeNumberList" => {
                while let Some(number) = cursor.child(&child)? {
                    entry.tree_numbers.push(cursor.text(&number)?.trim().to_owned());
                }
            }
            "PharmacologicalActionList" => referred(&mut cursor, &child, &mut entry.classes)?,
            "ConceptList" => concepts(&mut cursor, &child, &mut entry.names)?,
            _ => {}
        }
    }
    cursor.finish()?;
    entry.concept_type = type_of(&entry.tree_numbers, !entry.classes.is_empty());
    Ok(vec![entry])
}

/// What a place in the tree makes of a descriptor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rule {
    /// This type.
    Type(ConceptType),
    /// A chemical where it has a pharmacological action; without one no chemical, whatever its other places say.
    IfActing,
    /// Neither condition nor treatment.
    Nothing,
}

/// The rules of `types.tsv`: a prefix of tree numbers and what it makes of a descriptor.
static RULES: LazyLock<Vec<(&str, Rule)>> = LazyLock::new(|| {
    let rule = |name: &str| match name {
        "chemical-if-acting" => Rule::IfActing,
        name => ConceptType::from_name(name).map_or(Rule::Nothing, Rule::Type),
    };
    include_str!("types.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('\t'))
        .map(|(prefix, name)| (prefix, rule(name)))
        .collect()
});

fn type_of(tree_numbers: &[String], acting: bool) -> Option<ConceptType> {
    let of_one = |number: &String| {
        let within = |prefix: &str| {
            // "C" is a letter of many categories, "C23.550" a place with what lies below it.
            number
                .strip_prefix(prefix)
                .is_some_and(|rest| prefix.len() == 1 || rest.is_empty() || rest.starts_with('.'))
        };
        let longest = RULES.iter().filter(|(prefix, _)| within(prefix)).max_by_key(|(prefix, _)| prefix.len());
        longest.map(|(_, rule)| *rule)
    };
    let rules: Vec<Rule> = tree_numbers.iter().filter_map(of_one).collect();
    let of_body = rules.contains(&Rule::IfActing);
    let types = rules.into_iter().filter_map(|rule| match rule {
        Rule::Type(ConceptType::Chemical) | Rule::IfActing if of_body => acting.then_some(ConceptType::Chemical),
        Rule::Type(kind) => Some(kind),
        Rule::IfActing | Rule::Nothing => None,
    });
    types.min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;

    fn record(inner: &str) -> String {
        format!(
            "<?xml version=\"1.0\"?><!DOCTYPE DescriptorRecordSet SYSTEM \"nlmdescriptorrecordset_20300101.dtd\">\
             <DescriptorRecordSet><DescriptorRecord>{inner}</DescriptorRecord></DescriptorRecordSet>"
        )
    }

    fn load(xml: &str) -> Result<Source, String> {
        MeshDescriptors.load(&mut xml.as_bytes(), &Silent).map_err(|error| error.to_string())
    }

    #[test]
    fn a_descriptor_with_its_terms() {
        let source = load(&record(
            "<DescriptorUI>D9</DescriptorUI><DescriptorName><String>Pains, Odd</String></DescriptorName>\
             <PharmacologicalActionList><PharmacologicalAction><DescriptorReferredTo><DescriptorUI>D8</DescriptorUI>\
             <DescriptorName><String>Soothers</String></DescriptorName></DescriptorReferredTo></PharmacologicalAction></PharmacologicalActionList>\
             <TreeNumberList><TreeNumber>C10.1</TreeNumber></TreeNumberList><ConceptList><Concept><ConceptName><String>Pains, Odd</String></ConceptName>\
             <TermList><Term LexicalTag=\"NON\"><String>Pains, Odd</String></Term><Term LexicalTag=\"ABB\"><String>ODDPS</String></Term>\
             </TermList></Concept></ConceptList>",
        ))
        .unwrap();
        assert_eq!(source.title.release, "2030");
        let entry = &source.entries[0];
        assert_eq!((entry.id.as_str(), entry.concept_type), ("MESH:D9", Some(ConceptType::Condition)));
        let names: Vec<_> = entry.names.iter().map(|name| (name.text.as_str(), name.abbreviation)).collect();
        assert_eq!(names, [("Pains, Odd", false), ("ODDPS", true)]);
        assert_eq!(entry.classes, ["MESH:D8"]);
    }

    #[test]
    fn what_is_malformed_is_refused_with_its_place() {
        assert!(load(&record("<DescriptorUI>D9</DescriptorUI>")).unwrap_err().contains("MESH:D9"));
        assert!(load(&record("<DescriptorName><String>x</String></DescriptorName>")).unwrap_err().contains("byte"));
        assert!(load("<DescriptorRecordSet><DescriptorRecord><DescriptorUI>D9</DescriptorUI>").is_err());
        assert!(load("<DescriptorRecordSet></DescriptorRecordSet>").unwrap_err().contains("no descriptor"));
    }

    #[test]
    fn the_longest_place_decides() {
        let numbers = |numbers: &[&str]| numbers.iter().map(|&n| n.to_owned()).collect::<Vec<_>>();
        let kind = |places: &[&str]| type_of(&numbers(places), false);
        assert_eq!(kind(&["C14.280.434"]), Some(ConceptType::Condition));
        assert_eq!(kind(&["C23.550.260.1"]), None);
        assert_eq!(kind(&["E02.642.249"]), Some(ConceptType::Behaviour));
        assert_eq!(kind(&["Z01.1"]), None);
        assert_eq!(kind(&["E01.370.1", "C23.888.1"]), Some(ConceptType::Condition));
        assert_eq!(kind(&["C23.888.144.699"]), None);
        // A protein is a drug where it acts as one.
        assert_eq!(kind(&["D12.776.1", "D02.1"]), None);
        assert_eq!(type_of(&numbers(&["D12.776.1", "D02.1"]), true), Some(ConceptType::Chemical));
        assert_eq!(RULES.len(), include_str!("types.tsv").lines().count() - 1);
        assert_eq!(RULES.iter().filter(|(_, rule)| *rule == Rule::Nothing).count(), 12);
    }
}
