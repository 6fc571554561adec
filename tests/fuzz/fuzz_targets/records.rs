//! What every parser keeps to, whatever it reads.

use std::ops::ControlFlow;

use litmine::parse::{Item, formats};

/// Reads bytes as a format: no panic, and every document has a name and passages of one line.
pub fn read(format: &str, bytes: &[u8]) {
    let Some(parser) = formats::by_name(format) else { panic!("no format is called {format}") };
    let mut input = bytes;
    let _ = parser.parse(&mut input, &mut |item| {
        if let Item::Document(record) = item {
            assert!(record.document.identifiers.primary().is_some());
            assert!(record.document.passages.iter().all(|passage| !passage.text.contains('\n')));
        }
        ControlFlow::Continue(())
    });
}
