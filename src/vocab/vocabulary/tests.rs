//! The starter vocabulary alone, and MeSH above it where the real file is present.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::*;
use crate::progress::Silent;
use crate::vocab::{Dictionary, import};

fn found(vocabulary: &Vocabulary, words: &str) -> Vec<String> {
    vocabulary.find(words).iter().filter_map(|id| vocabulary.name(id)).collect()
}

#[test]
fn names_are_found_however_they_are_written() {
    let starter = Vocabulary::starter();
    let names = ["heart failure", "Heart Failures", "cardiac failure", "HEART-FAILURE", "MESH:D006333", "D006333"];
    for name in names {
        assert_eq!(starter.find(name).first(), Some(&ConceptId::mesh("D006333")), "{name}");
    }
    assert!(starter.find("no such thing").is_empty());
}

#[test]
fn every_name_of_the_starter_finds_its_concept() {
    let starter = Vocabulary::starter();
    for concept in starter.concepts() {
        assert!(concept.concept_type.is_some(), "{} has no type", concept.id);
        for name in std::iter::once(&concept.name).chain(&concept.synonyms) {
            assert!(starter.find(name).contains(&concept.id), "{name} does not find {}", concept.id);
        }
        for kin in concept.parents.iter().chain(&concept.classes) {
            assert!(starter.concept(kin).is_some(), "{} names {kin}, which is not there", concept.id);
        }
    }
}

#[test]
fn there_are_enough_conditions_and_treatments() {
    let starter = Vocabulary::starter();
    let count = |fits: fn(ConceptType) -> bool| {
        starter.concepts().filter(|concept| concept.concept_type.is_some_and(fits)).count()
    };
    assert!(count(|kind| kind == ConceptType::Condition) >= 1300);
    assert!(count(ConceptType::can_treat) >= 2100);
    assert!(count(|kind| kind == ConceptType::Test) >= 150);
}

/// Names that two concepts of the starter share on purpose: a drug and the class that is called after it.
const SHARED: &[&str] = &["tetracycline"];

#[test]
fn a_name_of_the_starter_belongs_to_one_concept() {
    let starter = Vocabulary::starter();
    let mut owners: BTreeMap<(String, bool), BTreeSet<String>> = BTreeMap::new();
    for layer in starter.stack() {
        for entry in (0..layer.key_count()).map(|at| layer.key(at)) {
            // Abbreviations of other letters are other names.
            let written = if entry.name.abbreviation { entry.name.text } else { entry.key };
            let owner = layer.id(entry.concept).to_owned();
            owners.entry((written.to_owned(), entry.name.abbreviation)).or_default().insert(owner);
        }
    }
    let shared: Vec<_> = owners.iter().filter(|(_, owners)| owners.len() > 1).collect();
    let undeclared: Vec<_> = shared.iter().filter(|((name, _), _)| !SHARED.contains(&name.as_str())).collect();
    assert!(undeclared.is_empty(), "{undeclared:?}");
    assert_eq!(shared.len(), SHARED.len(), "{SHARED:?} has names that are no longer shared");
}

#[test]
fn no_concept_of_the_starter_is_its_own_kin() {
    let starter = Vocabulary::starter();
    for id in starter.ids() {
        assert!(!starter.broader(&id).contains(&id), "{id}");
    }
}

#[test]
fn adjectives_name_conditions() {
    let dictionary = Dictionary::build(&Vocabulary::starter());
    let names = |text: &str| -> Vec<String> { dictionary.scan(text).iter().map(|hit| hit.name.to_owned()).collect() };
    for (text, expected) in [
        ("120 hypertensive adults", "Hypertension"),
        ("HIV-positive women", "HIV Infections"),
        ("HIV-1-infected adults", "HIV Infections"),
        ("severely depressed elderly patients", "Depression"),
        ("asthmatic children", "Asthma"),
        ("Diabetics walked daily", "Diabetes Mellitus"),
        ("in anaemic mothers", "Anemia"),
        ("a diabetic foot ulcer", "Diabetic Foot"),
    ] {
        assert_eq!(names(text).first().map(String::as_str), Some(expected), "{text}");
    }
    for text in
        ["depressed left ventricular function in patients", "non-diabetic adults", "anti-obesity", "non diabetic"]
    {
        assert!(names(text).is_empty(), "{text}: {:?}", names(text));
    }
}

#[test]
fn names_that_stand_together_are_taken_together() {
    let dictionary = Dictionary::build(&Vocabulary::starter());
    let found = |text: &str| -> Vec<String> {
        let hits = dictionary.scan(text);
        hits.iter().map(|hit| format!("{}: {} +{}", &text[hit.bytes.clone()], hit.name, hit.also.len())).collect()
    };
    for (text, expected) in [
        ("breast and ovarian cancer", "breast and ovarian cancer: Breast Neoplasms +1"),
        ("breast, ovarian, and lung cancer", "breast, ovarian, and lung cancer: Breast Neoplasms +2"),
        ("breast and/or ovarian cancers", "breast and/or ovarian cancers: Breast Neoplasms +1"),
        ("cancer of the breast", "cancer of the breast: Breast Neoplasms +0"),
        (
            "chronic obstructive pulmonary (COPD) disease",
            "chronic obstructive pulmonary (COPD) disease: Pulmonary Disease, Chronic Obstructive +0",
        ),
        ("halothane-induced hypotension", "hypotension: Hypotension +0"),
        ("cardiac damage", "cardiac damage: Heart Diseases +0"),
    ] {
        let found = found(text);
        assert!(found.iter().any(|hit| hit == expected), "{text}: {found:?}");
    }
    for text in ["asthma and lung cancer", "stroke, breast cancer", "fever or heart failure"] {
        assert_eq!(found(text).len(), 2, "{text}: {:?}", found(text));
    }
}

#[test]
fn words_with_two_meanings_are_told_apart() {
    let starter = Vocabulary::starter();
    let dictionary = Dictionary::build(&starter);
    let names = |text: &str| -> Vec<String> {
        dictionary.scan(text).iter().map(|hit| format!("{} {}", hit.concept_type.name(), hit.name)).collect()
    };
    for text in [
        "Cold rooms lead to poor sleep.",
        "The leading cause was a falling share of fat in the diet of the city.",
        "Iron gates and gold rings stood in the lead.",
        "He walked to aid the other two.",
    ] {
        assert!(names(text).is_empty(), "{text}: {:?}", names(text));
    }
    for (text, expected) in [
        ("a common cold", "condition Common Cold"),
        ("lead poisoning", "condition Lead Poisoning"),
        ("a heat stroke", "condition Heat Stroke"),
        ("a reduced stroke volume", "test Stroke Volume"),
        ("an ischaemic stroke", "condition Ischemic Stroke"),
        ("marked insulin resistance", "condition Insulin Resistance"),
        ("iron deficiency anaemia", "condition Anemia, Iron-Deficiency"),
        ("iron overload", "condition Iron Overload"),
        ("oral iron", "chemical Ferrous Compounds"),
        ("ST depression on the tracing", "test ST-Segment Deviation"),
        ("respiratory depression", "condition Respiratory Insufficiency"),
        ("postnatal depression", "condition Depression, Postpartum"),
        ("shock wave lithotripsy", "procedure Lithotripsy"),
        ("low blood pressure", "condition Hypotension"),
        ("raised blood pressure", "condition Hypertension"),
    ] {
        assert_eq!(names(text), [expected], "{text}");
    }
}

#[test]
fn a_class_stands_for_its_members() {
    let starter = Vocabulary::starter();
    let class = starter.find("SGLT2 inhibitors")[0].clone();
    let members: Vec<String> = starter.narrower(&class).iter().filter_map(|id| starter.name(id)).collect();
    for drug in ["Empagliflozin", "Dapagliflozin", "Canagliflozin", "Ipragliflozin"] {
        assert!(members.iter().any(|name| name.eq_ignore_ascii_case(drug)), "{drug} is not among {members:?}");
        let id = starter.find(drug)[0].clone();
        assert!(starter.broader(&id).contains(&class), "{drug}");
    }
    assert_eq!(starter.narrower(&class)[0], class, "it stands for itself first");
}

#[test]
fn a_misspelt_name_has_neighbours() {
    let starter = Vocabulary::starter();
    let near = starter.nearest("hart failure", 3);
    assert!(near.iter().any(|(name, _)| name.eq_ignore_ascii_case("heart failure")), "{near:?}");
}

#[test]
fn an_unknown_layer_says_what_there_is() {
    let folder = tempfile::tempdir().unwrap();
    let error = Vocabulary::open(folder.path(), &["mesh".to_owned()]).err().unwrap().to_string();
    assert!(error.contains("litmine vocab import"), "{error}");
}

fn mesh() -> Option<PathBuf> {
    real("mesh/desc2024.xml.gz")
}

/// A file of the real vocabularies; none, said on standard error, where they are absent.
fn real(name: &str) -> Option<PathBuf> {
    let data = std::env::var_os("LITMINE_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    let file = data.join("vocab").join(name);
    if !file.exists() {
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), "skipped: no {}", file.display());
        return None;
    }
    Some(file)
}

#[test]
fn mesh_above_the_starter() {
    let Some(file) = mesh() else { return };
    let folder = tempfile::tempdir().unwrap();
    let begun = Instant::now();
    let report = import(std::slice::from_ref(&file), &[], folder.path(), "mesh2024", &Silent).unwrap();
    let imported = begun.elapsed();
    assert_eq!(report.concepts, 30_764);
    let begun = Instant::now();
    let both = Vocabulary::open(folder.path(), &["mesh2024".to_owned(), "starter".to_owned()]).unwrap();
    let opened = begun.elapsed();
    let begun = Instant::now();
    let dictionary = Dictionary::build(&both);
    let built = begun.elapsed();
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "import {imported:?}, open {opened:?}, dictionary {built:?}");

    // Every id of the starter that is MeSH's, and its name, is one that MeSH has.
    let alone = Vocabulary::open(folder.path(), &["mesh2024".to_owned()]).unwrap();
    for concept in Vocabulary::starter().concepts() {
        let Some(ui) = concept.id.as_str().strip_prefix("MESH:").filter(|ui| ui.starts_with('D')) else { continue };
        let real = alone.concept(&concept.id).unwrap_or_else(|| panic!("{} is no descriptor", concept.id));
        let known =
            std::iter::once(&real.name).chain(&real.synonyms).any(|name| normalize(name) == normalize(&concept.name));
        assert!(known, "{ui} is {} in MeSH, {} in the starter", real.name, concept.name);
    }
    let supplementary = supplementary_names(&file.with_file_name("supp2024_partial.xml.gz"));
    for concept in Vocabulary::starter().concepts() {
        let Some(ui) = concept.id.as_str().strip_prefix("MESH:").filter(|ui| ui.starts_with('C')) else { continue };
        if let Some(supplementary) = &supplementary {
            assert_eq!(supplementary.get(ui).map(|name| normalize(name)), Some(normalize(&concept.name)), "{ui}");
        }
    }
    let class = both.find("SGLT2 inhibitors")[0].clone();
    assert!(both.narrower(&class).iter().any(|id| both.name(id).as_deref() == Some("Empagliflozin")));
    assert_eq!(found(&both, "Diabetes Mellitus, Type 2"), found(&both, "type 2 diabetes mellitus"));
    let hits = dictionary.scan("Metformin in type 2 diabetes mellitus with heart failure; p < 0.05.");
    let names: Vec<&str> = hits.iter().map(|hit| hit.name).collect();
    assert_eq!(names.len(), 3, "{names:?}");
}

/// The preferred names of supplementary concepts by their ids, where the file is there.
fn supplementary_names(file: &Path) -> Option<BTreeMap<String, String>> {
    let file = std::fs::File::open(file).ok()?;
    let mut xml = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(file), &mut xml).unwrap();
    let between = |text: &str, from: &str, to: &str| {
        let (_, rest) = text.split_once(from)?;
        rest.split_once(to).map(|(inner, _)| inner.trim().to_owned())
    };
    let records = xml.split("<SupplementalRecord ").skip(1);
    let named = records.filter_map(|record| {
        let ui = between(record, "<SupplementalRecordUI>", "</SupplementalRecordUI>")?;
        Some((ui, between(record, "<String>", "</String>")?))
    });
    Some(named.collect())
}

#[test]
fn a_failed_import_leaves_the_former_vocabulary() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("m.xml");
    let write =
        |inner: &str| std::fs::write(&file, format!("<DescriptorRecordSet>{inner}</DescriptorRecordSet>")).unwrap();
    let good = "<DescriptorRecord><DescriptorUI>D9</DescriptorUI><DescriptorName><String>Oddness</String></DescriptorName></DescriptorRecord>";
    write(good);
    import(std::slice::from_ref(&file), &[], folder.path(), "mine", &Silent).unwrap();
    write(&format!("{good}{good}"));
    assert!(import(std::slice::from_ref(&file), &[], folder.path(), "mine", &Silent).is_err());
    let kept = Vocabulary::open(folder.path(), &["mine".to_owned()]).unwrap();
    assert_eq!(kept.find("oddness"), [ConceptId::mesh("D9")]);
    let compiled = folder.path().join("mine.vocab");
    let mut bytes = std::fs::read(&compiled).unwrap();
    let last = bytes.len() - 3;
    bytes[last] ^= 1;
    std::fs::write(&compiled, bytes).unwrap();
    let error = Vocabulary::open(folder.path(), &["mine".to_owned()]).err().unwrap().to_string();
    assert!(error.contains("litmine vocab import"), "{error}");
}

#[test]
fn an_ontology_meets_mesh_through_its_references() {
    let Some(ontology) = real("disease_ontology/HumanDO.obo.gz") else { return };
    let folder = tempfile::tempdir().unwrap();
    let report = import(&[ontology], &[], folder.path(), "doid", &Silent).unwrap();
    // 8,948 terms, of which 2,374 are obsolete.
    assert_eq!(report.concepts, 6574);
    assert_eq!(report.title.release, "14:05:2015 16:40");
    let both = Vocabulary::open(folder.path(), &["doid".to_owned(), "starter".to_owned()]).unwrap();
    for (own, mesh) in [("DOID:6000", "D006333"), ("doid:9352", "D003924"), ("DOID:2841", "D001249")] {
        assert_eq!(both.find(own), [ConceptId::mesh(mesh)], "{own}");
    }
    // Names of both layers, of one concept.
    let heart = both.concept(&ConceptId::mesh("D006333")).unwrap();
    assert!(heart.synonyms.iter().any(|name| name == "cardiac failure"), "{:?}", heart.synonyms);
}

#[test]
fn several_files_of_mesh_become_one_vocabulary() {
    let Some(substances) = real("mesh/samples/mesh_supp_sample.xml") else { return };
    let Some(actions) = real("mesh/samples/mesh_pa_sample.xml") else { return };
    let Some(descriptors) = real("mesh/samples/mesh_desc_sample.xml") else { return };
    let folder = tempfile::tempdir().unwrap();
    let report = import(&[descriptors, substances, actions], &[], folder.path(), "sample", &Silent).unwrap();
    assert_eq!(report.loaders, ["mesh", "mesh-supplementary", "mesh-actions"]);
    let sample = Vocabulary::open(folder.path(), &["sample".to_owned()]).unwrap();
    let rice = sample.find("Cholestin")[0].clone();
    assert_eq!(rice, ConceptId::mesh("C117343"));
    let rice = sample.concept(&rice).unwrap();
    assert_eq!((rice.parents, rice.classes), (vec![ConceptId::mesh("D001688")], vec![ConceptId::mesh("D019161")]));
    let fluconazole = sample.concept(&ConceptId::mesh("D015725")).unwrap();
    assert!(fluconazole.classes.contains(&ConceptId::mesh("D058888")), "{:?}", fluconazole.classes);
}
