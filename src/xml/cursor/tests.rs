use proptest::prelude::*;

use super::*;

fn text_of(xml: &str) -> Result<String, XmlError> {
    let mut cursor = Cursor::new(xml.as_bytes(), 100)?;
    let root = cursor.root()?;
    let text = cursor.text(&root)?.into_owned();
    cursor.finish()?;
    Ok(text)
}

#[test]
fn references_keep_the_blanks_around_them() {
    assert_eq!(text_of("<a>p &lt; 0.05 &amp; n &#62; 10</a>").unwrap(), "p < 0.05 & n > 10");
    assert_eq!(text_of("<a> x &#xb1; <i>y</i> </a>").unwrap(), " x ± y ");
    assert_eq!(text_of("<a>1<![CDATA[ < &lt; ]]>2<!-- no -->3</a>").unwrap(), "1 < &lt; 23");
}

#[test]
fn entities_that_xml_does_not_predefine_are_errors_with_their_place() {
    let error = text_of("<a>x &alpha; y</a>").unwrap_err();
    assert!(matches!(&error, XmlError::UnknownEntity { name, position: 105 } if name == "alpha"), "{error:?}");
    for bad in ["<a>&#0;</a>", "<a>&#xD800;</a>", "<a>&#+5;</a>", "<a>&#x;</a>", "<a>&#99999999999;</a>", "<a>&;</a>"] {
        assert!(text_of(bad).is_err(), "{bad}");
    }
}

#[test]
fn children_are_pulled_and_what_is_not_read_is_passed_over() {
    let xml = "<a><b x='1&amp;2' y=\"'\"><c/><c>deep<d/></c></b>text<e/><f>last</f></a>";
    let mut cursor = Cursor::new(xml.as_bytes(), 0).unwrap();
    let a = cursor.root().unwrap();
    let b = cursor.child(&a).unwrap().unwrap();
    assert_eq!((b.name(), b.position()), ("b", 3));
    assert_eq!(b.attribute("x").unwrap().unwrap(), "1&2");
    assert_eq!(b.attribute("y").unwrap().unwrap(), "'");
    assert_eq!(b.attribute("z").unwrap(), None);
    let c = cursor.child(&b).unwrap().unwrap();
    assert_eq!((c.name(), cursor.text(&c).unwrap().as_ref()), ("c", ""));
    assert!(cursor.child(&c).unwrap().is_none());
    assert_eq!(cursor.child(&b).unwrap().unwrap().name(), "c");
    let e = cursor.child(&a).unwrap().unwrap();
    assert_eq!((e.name(), e.position()), ("e", xml.find("<e").unwrap() as u64));
    let f = cursor.child(&a).unwrap().unwrap();
    assert_eq!(cursor.text(&f).unwrap(), "last");
    assert!(cursor.child(&a).unwrap().is_none());
    assert!(cursor.child(&a).unwrap().is_none());
    cursor.finish().unwrap();
}

#[test]
fn a_walk_tells_elements_and_words_in_order() {
    let mut cursor = Cursor::new(b"<t>10<sup>-8</sup> M<br/></t>", 0).unwrap();
    let root = cursor.root().unwrap();
    let mut seen = String::new();
    let note = |piece: Piece<'_>| match piece {
        Piece::Text(words) => seen.push_str(words),
        Piece::Open(name) => seen.extend(["(", name, ":"]),
        Piece::Close(_) => seen.push(')'),
    };
    cursor.walk(&root, note).unwrap();
    assert_eq!(seen, "10(sup:-8) M(br:)");
}

#[test]
fn broken_records_are_errors() {
    for bad in ["<a><b></a>", "<a>", "<a><b/>", "<a", "", "<a></a><b/>", "<a></b>", "<a x=></a >"] {
        let read = || -> Result<(), XmlError> {
            let mut cursor = Cursor::new(bad.as_bytes(), 0)?;
            let root = cursor.root()?;
            root.attribute("x")?;
            cursor.finish()
        };
        assert!(read().is_err(), "{bad}");
    }
    assert!(matches!(Cursor::new(b"<a>\xff</a>", 7), Err(XmlError::NotUtf8 { position: 10 })));
}

#[test]
fn depth_is_bounded() {
    let bomb = "<a>".repeat(100_000);
    assert!(matches!(text_of(&bomb), Err(XmlError::TooDeep { .. })));
}

/// Text as any XML writer would put it down.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// What XML is made of, and what looks like it.
const PIECES: [&str; 16] = [
    "<a>",
    "</a>",
    "<a>x</a>",
    "<t>",
    "</t>",
    "<t>words</t>",
    "<a x='1 > 0' y=\"/\">",
    "<t/>",
    "<a b=''/>",
    "words",
    "&lt;",
    "\n  ",
    "<!-- <a> -->",
    "<![CDATA[</a>]]>",
    "<?a </a>?>",
    "</a\n>",
];

/// Every element with its position, read by the cursor.
fn outline(cursor: &mut Cursor<'_>, parent: &Element<'_>, found: &mut Vec<(String, u64)>) -> Result<(), XmlError> {
    found.push((parent.name().to_owned(), parent.position()));
    while let Some(child) = cursor.child(parent)? {
        // Leaves are read in more than one way.
        match child.name() {
            "t" => {
                found.push(("t".to_owned(), child.position()));
                cursor.text(&child)?;
            }
            _ => outline(cursor, &child, found)?,
        }
    }
    Ok(())
}

/// The same, read by quick-xml alone.
fn plain_outline(xml: &str) -> Result<Vec<(String, u64)>, String> {
    let mut reader = Reader::from_str(xml);
    let (mut found, mut open) = (Vec::new(), Vec::new());
    loop {
        let position = reader.buffer_position();
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(tag) => {
                let name = tag.name().as_ref().to_owned();
                if !open.iter().any(|open| open == "t") {
                    found.push((name.clone(), position));
                }
                open.push(name);
            }
            Event::Empty(tag) if !open.iter().any(|open| open == "t") => {
                found.push((tag.name().as_ref().to_owned(), position))
            }
            Event::End(_) => drop(open.pop()),
            Event::Eof if open.is_empty() => return Ok(found),
            Event::Eof => return Err("cut short".to_owned()),
            _ => {}
        }
    }
}

proptest! {
    #[test]
    fn elements_are_those_of_a_plain_reading(soup in proptest::collection::vec(0..PIECES.len(), 0..30), closing in 0..8_usize) {
        let body: String = soup.iter().map(|&piece| PIECES[piece]).collect();
        let xml = format!("<r>{body}{}</r>", ["</a>", "</t>"].repeat(4)[..closing].concat());
        let read = || -> Result<Vec<(String, u64)>, XmlError> {
            let mut cursor = Cursor::new(xml.as_bytes(), 0)?;
            let (root, mut found) = (cursor.root()?, Vec::new());
            outline(&mut cursor, &root, &mut found)?;
            cursor.finish()?;
            Ok(found)
        };
        prop_assert_eq!(read().map_err(|_| ()), plain_outline(&xml).map_err(|_| ()), "{}", xml);
    }

    #[test]
    fn escaped_text_comes_back_whole(text in "\\PC{0,80}") {
        prop_assert_eq!(text_of(&format!("<a>{}</a>", escape(&text))).unwrap(), text.clone());
        let record = format!("<a x=\"{}\"/>", escape(&text));
        let mut cursor = Cursor::new(record.as_bytes(), 0).unwrap();
        let root = cursor.root().unwrap();
        prop_assert_eq!(root.attribute("x").unwrap().unwrap(), text);
    }

    #[test]
    fn nothing_panics(soup in "[<>/a-b&;#x0-9'\"= !\\[\\]?C-D-]{0,120}", bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
        for input in [soup.as_bytes(), &bytes] {
            let read = || -> Result<(), XmlError> {
                let mut cursor = Cursor::new(input, 0)?;
                let root = cursor.root()?;
                let _ = root.attribute("a")?;
                while let Some(child) = cursor.child(&root)? {
                    let _ = (child.name().len(), child.position());
                    let _ = child.attribute("b")?;
                    cursor.walk(&child, |_| {})?;
                }
                cursor.finish()
            };
            let _ = read();
            let _ = std::str::from_utf8(input).map(text_of);
        }
    }
}
