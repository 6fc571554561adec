use proptest::prelude::*;

use super::*;

const NAMES: &[&str] = &["Rec", "Del"];

/// Everything a splitter hands over, as short lines, and how it ended.
fn parts(mut input: impl Read, limits: Limits) -> (Vec<String>, Result<(), XmlError>) {
    let mut splitter = RecordSplitter::with_limits(&mut input, NAMES, limits);
    let mut lines = Vec::new();
    loop {
        match splitter.next_part() {
            Ok(None) => return (lines, Ok(())),
            Err(error) => return (lines, Err(error)),
            Ok(Some(part)) => lines.push(match part {
                Part::Record { name, position, bytes } => {
                    format!("{position} {name} {}", String::from_utf8_lossy(bytes))
                }
                Part::TooLong { name, position, length, .. } => format!("{position} {name} too long: {length}"),
                Part::Open { name, position } => format!("{position} open {name}"),
                Part::Text { text, position } => format!("{position} text {text}"),
            }),
        }
    }
}

fn all(text: &str) -> (Vec<String>, Result<(), XmlError>) {
    parts(text.as_bytes(), Limits::default())
}

/// Hands over a byte at a time.
struct Drip<'b>(&'b [u8]);

impl Read for Drip<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.0.len().min(1).min(buffer.len());
        let (now, later) = self.0.split_at(length);
        buffer[..length].copy_from_slice(now);
        self.0 = later;
        Ok(length)
    }
}

#[test]
fn records_come_with_their_place_and_what_is_around_them() {
    let text = "<?xml version='1.0' encoding=\"utf-8\"?>\n<!DOCTYPE Set PUBLIC \"-//x>//\" 'y'>\n<!-- <Rec> --><Set a='>'>\n\
                <Rec>1</Rec> <Rec/><RecList><Rec x='2'/></RecList><Del>3</Del></Set>\n";
    let (lines, end) = all(text);
    end.unwrap();
    let at = |what: &str| text.find(what).unwrap();
    let expected = [
        format!("{} open Set", at("<Set") + 1),
        format!("{} Rec <Rec>1</Rec>", at("<Rec>1")),
        format!("{} Rec <Rec/>", at("<Rec/>")),
        format!("{} open RecList", at("<RecList") + 1),
        format!("{} Rec <Rec x='2'/>", at("<Rec x")),
        format!("{} Del <Del>3</Del>", at("<Del>")),
    ];
    assert_eq!(lines, expected);
    assert_eq!(parts(Drip(text.as_bytes()), Limits::default()).0, expected);
}

#[test]
fn a_document_cut_short_ends_in_an_error_after_its_records() {
    let text = "<Set><Rec>1</Rec><Rec>2</Rec></Set>";
    for cut in 0..text.len() {
        let (lines, end) = all(&text[..cut]);
        let whole = lines.iter().filter(|line| line.contains(" Rec ")).count();
        assert_eq!(whole, text[..cut].matches("</Rec>").count(), "{cut}");
        assert!(matches!(end, Err(XmlError::Truncated { .. } | XmlError::NoElement { .. })), "{cut}: {end:?}");
    }
    all(text).1.unwrap();
}

#[test]
fn a_record_without_an_end_does_not_swallow_the_next() {
    let (lines, end) = all("<Set><Rec>1<Rec>2</Rec></Set>");
    end.unwrap();
    assert_eq!(lines[1..], ["5 Rec <Rec>1", "11 Rec <Rec>2</Rec>"]);
}

#[test]
fn entity_declarations_are_refused() {
    let bomb = "<!DOCTYPE Set [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><Set><Rec>&b;</Rec></Set>";
    let (lines, end) = all(bomb);
    assert!(lines.is_empty());
    assert!(matches!(end, Err(XmlError::InternalSubset { position: 0 })), "{end:?}");
}

#[test]
fn text_and_elements_that_are_no_records_are_told() {
    let (lines, end) = all("<eFetchResult>\n <ERROR>no &lt;such&gt; id</ERROR></eFetchResult>");
    end.unwrap();
    assert_eq!(lines, ["1 open eFetchResult", "17 open ERROR", "23 text no &lt;such&gt; id"]);
    assert!(matches!(all("").1, Err(XmlError::NoElement { .. })));
    assert!(matches!(all("plain words").1, Err(XmlError::NoElement { .. })));
}

#[test]
fn other_encodings_are_refused_by_name() {
    let (_, end) = all("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><Set/>");
    assert!(matches!(end, Err(XmlError::Encoding { encoding, .. }) if encoding == "ISO-8859-1"));
}

#[test]
fn too_long_a_record_is_passed_over_and_the_next_one_read() {
    let limits = Limits { record: 1000, markup: 1000 };
    for long in [
        "x".repeat(900_000),
        format!("<b a='{}'/>", "y".repeat(2_000_000)),
        "<!--".to_owned() + &"z".repeat(700_000) + "</Rec>-->",
    ] {
        let text = format!("<Set><Rec>1</Rec><Rec>{long}</Rec><Rec>2</Rec></Set>");
        let (lines, end) = parts(text.as_bytes(), limits);
        end.unwrap();
        let length = long.len() + "<Rec></Rec>".len();
        assert_eq!(lines[1], "5 Rec <Rec>1</Rec>");
        assert_eq!(lines[2], format!("17 Rec too long: {length}"));
        assert_eq!(lines[3], format!("{} Rec <Rec>2</Rec>", 17 + length));
    }
    let attribute = format!("<Set><Rec a='{}'>x</Rec><Del/></Set>", "y".repeat(5_000_000));
    let (lines, end) = parts(attribute.as_bytes(), limits);
    end.unwrap();
    assert!(lines[1].contains("too long: 5000017"), "{}", lines[1]);
    assert!(lines[2].ends_with("Del <Del/>"));
    let tag = format!("<Set a='{}'></Set>", "y".repeat(5_000_000));
    assert!(matches!(parts(tag.as_bytes(), limits).1, Err(XmlError::TooLong { .. })));
}

#[test]
fn a_stream_that_fails_hands_over_what_came_before() {
    struct Fails;
    impl Read for Fails {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("disk gone"))
        }
    }
    let (lines, end) = parts(b"<Set><Rec>1</Rec><Rec>".chain(Fails), Limits::default());
    assert_eq!(lines[1..], ["5 Rec <Rec>1</Rec>"]);
    assert!(matches!(end, Err(XmlError::Read { position: 22, .. })), "{end:?}");
}

#[test]
fn documents_one_behind_the_other_are_read_as_one() {
    let (lines, end) = all("<?xml version=\"1.0\"?><Set><Rec/></Set>\n<?xml version=\"1.0\"?><Set><Rec/></Set>");
    end.unwrap();
    assert_eq!(lines.iter().filter(|line| line.contains(" Rec ")).count(), 2);
}

proptest! {
    #[test]
    fn nothing_panics_and_chunks_do_not_matter(text in "(<Set>|</Set>|<Rec>|</Rec>|<Rec/>|<Rec a='|'|\"|<Del>|</Del >|<!--|-->|<!\\[CDATA\\[|\\]\\]>|<!DOCTYPE |<\\?|\\?>|[<>a-c/é! \\[]){0,30}") {
        let (lines, end) = all(&text);
        let (dripped, dripped_end) = parts(Drip(text.as_bytes()), Limits::default());
        let joined = |lines: &[String]| lines.iter().filter(|l| !l.contains(" text ")).cloned().collect::<Vec<_>>();
        prop_assert_eq!(joined(&lines), joined(&dripped));
        prop_assert_eq!(end.is_ok(), dripped_end.is_ok());
    }

    #[test]
    fn records_among_records_are_all_found(bodies in proptest::collection::vec("[a-z <&]{0,20}", 0..20)) {
        let records: Vec<String> = bodies.iter().map(|b| format!("<Rec>{}</Rec>", b.replace('&', "&amp;").replace('<', "&lt;"))).collect();
        let (lines, end) = all(&format!("<Set>{}</Set>", records.concat()));
        prop_assert!(end.is_ok());
        let found: Vec<&str> = lines[1..].iter().map(|l| l.split_once(" Rec ").map_or("", |(_, r)| r)).collect();
        prop_assert_eq!(found, records);
    }
}
