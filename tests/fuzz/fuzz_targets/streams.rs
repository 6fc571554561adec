//! Any bytes opened as a file would be: gzip, tar, or records of any format.
#![no_main]

use std::io::Cursor;
use std::ops::ControlFlow;

use libfuzzer_sys::fuzz_target;
use litmine::parse::{each_stream, formats};

fuzz_target!(|bytes: &[u8]| {
    let _ = each_stream(Box::new(Cursor::new(bytes)), &mut |stream| {
        if let Ok(mut input) = stream.input
            && let Some(parser) = formats::recognise(input.head())
        {
            let _ = parser.parse(&mut input, &mut |_| ControlFlow::Continue(()));
        }
        ControlFlow::Continue(())
    });
});
