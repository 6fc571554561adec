//! Any bytes read as a vocabulary by the loader that recognises them: no panic, and every concept has an id.
#![no_main]

use libfuzzer_sys::fuzz_target;
use litmine::progress::Silent;
use litmine::vocab::loaders;

fuzz_target!(|bytes: &[u8]| {
    if let Some(loader) = loaders::ALL.iter().find(|loader| loader.recognises(bytes))
        && let Ok(source) = loader.load(&mut &bytes[..], &Silent)
    {
        assert!(source.entries.iter().all(|entry| !entry.id.as_str().is_empty()));
    }
});
