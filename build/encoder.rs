//! Gives `litmine-encoder` the way to libtorch, so that nobody has to set `LD_LIBRARY_PATH`.

pub(crate) fn link() {
    println!("cargo:rerun-if-env-changed=LIBTORCH");
    if std::env::var_os("CARGO_FEATURE_ENCODER").is_none() {
        return;
    }
    // Packaged, the libraries lie beside the program's folder; built here, where set-up put them.
    let mut places = vec!["$ORIGIN/../lib".to_owned()];
    if let Some(libtorch) = std::env::var_os("LIBTORCH") {
        places.push(format!("{}/lib", libtorch.to_string_lossy()));
    }
    for place in places {
        println!("cargo:rustc-link-arg-bin=litmine-encoder=-Wl,-rpath,{place}");
    }
    // libtorch_cpu registers its operators when it is loaded; nothing names its symbols, and it must be loaded all the same.
    println!("cargo:rustc-link-arg-bin=litmine-encoder=-Wl,--no-as-needed");
}
