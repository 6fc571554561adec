use super::*;
use crate::progress::Silent;

fn load(text: &str) -> Result<Source, String> {
    Obo.load(&mut text.as_bytes(), &Silent).map_err(|error| error.to_string())
}

const SMALL: &str = "format-version: 1.2\ndata-version: releases/2030-01-01\nontology: doid\n\n\
    [Term]\nid: DOID:1\nname: pale humour\nalt_id: DOID:9\ndef: \"Odd: very.\" []\nsynonym: \"odd paleness\" EXACT []\n\
    synonym: \"paleness\" BROAD []\nsynonym: \"PAH\" EXACT ABBREVIATION []\nxref: MSH:D000001\n\n\
    [Term]\nid: DOID:2\nname: paler humour\nis_a: DOID:1 ! pale humour\n\n\
    [Term]\nid: DOID:3\nname: gone\nis_obsolete: true\n\n[Typedef]\nid: part_of\nname: part of\n";

#[test]
fn terms_with_what_belongs_to_them() {
    let source = load(SMALL).unwrap();
    assert_eq!(
        (source.title.title.as_str(), source.title.release.as_str()),
        ("Disease Ontology", "releases/2030-01-01")
    );
    let [pale, paler] = source.entries.as_slice() else { panic!("{:?}", source.entries) };
    assert_eq!((pale.id.as_str(), pale.concept_type), ("MESH:D000001", Some(ConceptType::Condition)));
    assert_eq!(pale.aliases, ["DOID:9", "DOID:1"]);
    let names: Vec<_> = pale.names.iter().map(|name| (name.text.as_str(), name.abbreviation)).collect();
    assert_eq!(names, [("pale humour", false), ("odd paleness", false), ("PAH", true)]);
    assert_eq!(paler.parents, ["MESH:D000001"], "kin follow the concept to its other id");
}

#[test]
fn what_is_malformed_is_refused_with_its_line() {
    for (text, line) in [
        ("format-version: 1.2\n\n[Term]\nname: x\n", "line 3: "),
        ("[Term]\nid: X:1\n", "line 1: "),
        ("[Term]\nid: X:1\nname: x\nsynonym: \"x EXACT []\n", "line 4: "),
        ("[Term]\nid: X:1\nname: x\nwhat is this\n", "line 4: "),
        ("[Term]\nid: X:1\nname: x\n[Term]\nid: X:1\nname: y\n", "line 4: "),
        ("[Term\nid: X:1\nname: x\n", "line 1: "),
        ("format-version: 1.2\n", "line 1: "),
    ] {
        let error = load(text).unwrap_err();
        assert!(error.starts_with(line), "{error}");
    }
}
