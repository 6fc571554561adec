//! The file of pharmacological actions: each with the substances that have it.

use std::io::Read;

use super::{MESH, add_names, records, title};
use crate::progress::Progress;
use crate::vocab::entry::Entry;
use crate::vocab::loaders::{LoadError, Loader, Source};
use crate::xml::{Cursor, Element, XmlError};

/// The pharmacological actions of MeSH.
pub(in crate::vocab::loaders) struct MeshActions;

/// What a record of the file tells of: a substance stands under each of its actions.
pub(super) const WHAT: &str = "substance";

impl Loader for MeshActions {
    fn name(&self) -> &'static str {
        "mesh-actions"
    }

    fn reads(&self) -> &'static str {
        "NLM's MeSH pharmacological actions in XML (pa2024.xml, pa2024.xml.gz)"
    }

    fn recognises(&self, head: &[u8]) -> bool {
        String::from_utf8_lossy(head).contains("<PharmacologicalActionSet")
    }

    fn load(&self, input: &mut (dyn Read + Send), progress: &dyn Progress) -> Result<Source, LoadError> {
        // The outer element of this name is the record; what it holds has other names.
        let (release, entries) = records(input, &["PharmacologicalAction"], WHAT, progress, &action)?;
        Ok(Source { title: title("MeSH Pharmacological Actions", release), entries })
    }
}

fn action(bytes: &[u8], position: u64) -> Result<Vec<Entry>, XmlError> {
    let mut cursor = Cursor::new(bytes, position)?;
    let root = cursor.root()?;
    let mut class = MESH.to_owned();
    let mut substances = Vec::new();
    while let Some(child) = cursor.child(&root)? {
        match child.name() {
            "DescriptorReferredTo" => {
                while let Some(part) = cursor.child(&child)? {
                    if part.name() == "DescriptorUI" {
                        class.push_str(cursor.text(&part)?.trim());
                    }
                }
            }
            "PharmacologicalActionSubstanceList" => {
                while let Some(item) = cursor.child(&child)? {
                    substances.push(substance(&mut cursor, &item)?);
                }
            }
            _ => {}
        }
    }
    cursor.finish()?;
    if class != MESH {
        substances.iter_mut().for_each(|entry| entry.classes.push(class.clone()));
    }
    Ok(substances)
}

fn substance(cursor: &mut Cursor<'_>, item: &Element<'_>) -> Result<Entry, XmlError> {
    let mut entry = Entry { id: MESH.to_owned(), ..Entry::default() };
    while let Some(part) = cursor.child(item)? {
        match part.name() {
            "RecordUI" => entry.id.push_str(cursor.text(&part)?.trim()),
            "RecordName" => add_names(cursor, &part, &mut entry.names)?,
            _ => {}
        }
    }
    Ok(entry)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;

    #[test]
    fn a_substance_belongs_to_each_of_its_actions() {
        let action = |class: &str| {
            format!(
                "<PharmacologicalAction><DescriptorReferredTo><DescriptorUI>{class}</DescriptorUI></DescriptorReferredTo>\
                 <PharmacologicalActionSubstanceList><Substance><RecordUI>C9</RecordUI><RecordName><String>examplomab</String>\
                 </RecordName></Substance></PharmacologicalActionSubstanceList></PharmacologicalAction>"
            )
        };
        let load = |inner: &str| {
            let xml = format!("<PharmacologicalActionSet>{inner}</PharmacologicalActionSet>");
            MeshActions.load(&mut xml.as_bytes(), &Silent).map_err(|error| error.to_string())
        };
        let entries = load(&(action("D1") + &action("D2"))).unwrap().entries;
        let classes: Vec<_> = entries.iter().flat_map(|entry| &entry.classes).collect();
        assert_eq!(classes, ["MESH:D1", "MESH:D2"]);
        assert!(load(&(action("D1") + &action("D1"))).unwrap_err().contains("MESH:C9"));
    }
}
