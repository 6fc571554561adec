//! The file of supplementary concepts: substances, protocols, rare diseases, organisms.

use std::io::Read;

use super::{MESH, add_names, concepts, records, referred, title};
use crate::model::ConceptType;
use crate::progress::Progress;
use crate::vocab::entry::Entry;
use crate::vocab::loaders::{LoadError, Loader, Source};
use crate::xml::{Cursor, XmlError};

/// The supplementary concepts of MeSH.
pub(in crate::vocab::loaders) struct MeshSupplementary;

impl Loader for MeshSupplementary {
    fn name(&self) -> &'static str {
        "mesh-supplementary"
    }

    fn reads(&self) -> &'static str {
        "NLM's MeSH supplementary concepts in XML (supp2024.xml, supp2024.xml.gz)"
    }

    fn recognises(&self, head: &[u8]) -> bool {
        String::from_utf8_lossy(head).contains("<SupplementalRecordSet")
    }

    fn load(&self, input: &mut (dyn Read + Send), progress: &dyn Progress) -> Result<Source, LoadError> {
        let what = "supplementary concept";
        let (release, entries) = records(input, &["SupplementalRecord"], what, progress, &supplementary)?;
        Ok(Source { title: title("MeSH Supplementary Concepts", release), entries })
    }
}

fn supplementary(bytes: &[u8], position: u64) -> Result<Vec<Entry>, XmlError> {
    let mut cursor = Cursor::new(bytes, position)?;
    let root = cursor.root()?;
    let mut entry = Entry {
        id: MESH.to_owned(),
        concept_type: type_of(root.attribute("SCRClass")?.as_deref()),
        ..Entry::default()
    };
    while let Some(child) = cursor.child(&root)? {
        match child.name() {
            "SupplementalRecordUI" => entry.id.push_str(cursor.text(&child)?.trim()),
            "SupplementalRecordName" => add_names(&mut cursor, &child, &mut entry.names)?,
            // The headings that stand for it are the nearest broader ones that MeSH has.
            "HeadingMappedToList" => referred(&mut cursor, &child, &mut entry.parents)?,
            "PharmacologicalActionList" => referred(&mut cursor, &child, &mut entry.classes)?,
            "ConceptList" => concepts(&mut cursor, &child, &mut entry.names)?,
            _ => {}
        }
    }
    cursor.finish()?;
    if entry.concept_type == Some(ConceptType::Chemical)
        && entry.classes.is_empty()
        && entry.names.first().is_some_and(|name| is_protein(&name.text))
    {
        entry.concept_type = None;
    }
    Ok(vec![entry])
}

/// Whether the preferred name says that it is a protein of the body: `ABC protein, human`.
pub(in crate::vocab) fn is_protein(name: &str) -> bool {
    let kind = name.split(',').next().unwrap_or_default();
    kind.ends_with(" protein") || kind.ends_with(" receptor") || kind.ends_with(" antigen")
}

/// What the class of a record makes of it: 1 substances, 2 protocols of chemotherapy, 3 rare diseases; organisms (4), population groups (5)
/// and anatomy (6) are neither condition nor treatment.
fn type_of(class: Option<&str>) -> Option<ConceptType> {
    match class {
        Some("1") => Some(ConceptType::Chemical),
        Some("2") => Some(ConceptType::Procedure),
        Some("3") => Some(ConceptType::Condition),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;

    fn load(xml: &str) -> Result<Source, String> {
        MeshSupplementary.load(&mut xml.as_bytes(), &Silent).map_err(|error| error.to_string())
    }

    #[test]
    fn a_substance_with_its_headings_and_actions() {
        let source = load(
            "<!DOCTYPE SupplementalRecordSet SYSTEM \"nlmsupplementalrecordset_20300101.dtd\"><SupplementalRecordSet>\
             <SupplementalRecord SCRClass=\"1\"><SupplementalRecordUI>C9</SupplementalRecordUI><SupplementalRecordName><String>examplomab</String>\
             </SupplementalRecordName><HeadingMappedToList><HeadingMappedTo><DescriptorReferredTo><DescriptorUI>*D1</DescriptorUI>\
             </DescriptorReferredTo></HeadingMappedTo></HeadingMappedToList><PharmacologicalActionList><PharmacologicalAction>\
             <DescriptorReferredTo><DescriptorUI>D2</DescriptorUI></DescriptorReferredTo></PharmacologicalAction>\
             </PharmacologicalActionList><ConceptList><Concept><TermList><Term LexicalTag=\"TRD\"><String>Exa</String></Term>\
             </TermList></Concept></ConceptList></SupplementalRecord></SupplementalRecordSet>",
        )
        .unwrap();
        assert_eq!(source.title.release, "2030");
        let entry = &source.entries[0];
        assert_eq!((entry.id.as_str(), entry.concept_type), ("MESH:C9", Some(ConceptType::Chemical)));
        assert_eq!(
            (entry.parents.as_slice(), entry.classes.as_slice()),
            (["MESH:D1".to_owned()].as_slice(), ["MESH:D2".to_owned()].as_slice())
        );
        let names: Vec<_> = entry.names.iter().map(|name| name.text.as_str()).collect();
        assert_eq!(names, ["examplomab", "Exa"]);
    }

    #[test]
    fn a_protein_without_an_action_is_no_drug() {
        let record = |name: &str| {
            let source = load(&format!(
                "<SupplementalRecordSet><SupplementalRecord SCRClass=\"1\"><SupplementalRecordUI>C9</SupplementalRecordUI>\
                 <SupplementalRecordName><String>{name}</String></SupplementalRecordName></SupplementalRecord></SupplementalRecordSet>"
            ));
            source.unwrap().entries[0].concept_type
        };
        assert_eq!(record("EXA1 protein, human"), None);
        assert_eq!(record("examplomab"), Some(ConceptType::Chemical));
    }

    #[test]
    fn what_is_malformed_is_refused_with_its_place() {
        let record = |inner: &str| {
            format!("<SupplementalRecordSet><SupplementalRecord>{inner}</SupplementalRecord></SupplementalRecordSet>")
        };
        assert!(load(&record("<SupplementalRecordUI>C9</SupplementalRecordUI>")).unwrap_err().contains("MESH:C9"));
        assert!(load(&record("")).unwrap_err().contains("byte"));
        assert!(load("<SupplementalRecordSet></SupplementalRecordSet>").unwrap_err().contains("no supplementary"));
    }
}
