//! Pages of registrations: resumed, and asked for again only when the registry's data changed.

use std::time::Duration;

use super::{killed_after, names, settings};
use crate::program::Workspace;
use crate::server::Server;
use crate::server::registry::Registry;

const DEFINITION: &str = "[[source]]\nkind = \"clinical-trials\"\ncondition = \"wheeze\"\n";

fn serving(registry: Registry) -> Server {
    Server::start(move |asked| registry.answer(asked))
}

fn workspace(server: &Server) -> Workspace {
    let workspace = Workspace::new();
    workspace.define("c", DEFINITION);
    settings(&workspace, "clinical-trials", server);
    workspace
}

#[test]
fn every_page_is_read_and_nothing_again_until_the_data_change() {
    let server = serving(Registry { studies: 345, version: "2026-11-20T09:00:05" });
    let workspace = workspace(&server);
    workspace.run(&["harvest", "c"]).expect(0).says(&["345 new"]);
    assert_eq!(names(&workspace, "c").len(), 345);
    server.forget();
    workspace.run(&["harvest", "c"]).expect(0);
    let asked: Vec<String> = server.asked().into_iter().map(|asked| asked.path).collect();
    assert_eq!(asked, ["/version"]);
    let later = serving(Registry { studies: 346, version: "2026-11-23T09:00:05" });
    settings(&workspace, "clinical-trials", &later);
    workspace.run(&["harvest", "c"]).expect(0).says(&["1 new"]);
    let filter = later.asked()[1].field("filter.advanced").unwrap().to_owned();
    assert_eq!(filter, "AREA[LastUpdatePostDate]RANGE[2026-11-17,MAX]");
}

#[test]
fn killed_between_pages_it_goes_on_with_the_next() {
    let server = serving(Registry { studies: 2_345, version: "2026-11-20T09:00:05" });
    let workspace = workspace(&server);
    for moment in 0..12 {
        killed_after(&workspace, Duration::from_millis(20 + moment * 9));
    }
    workspace.run(&["harvest", "c"]).expect(0);
    assert_eq!(names(&workspace, "c").len(), 2_345);
}

#[test]
fn a_search_without_conditions_is_refused() {
    let workspace = Workspace::new();
    workspace.define("c", "[[source]]\nkind = \"clinical-trials\"\n");
    workspace.run(&["harvest", "c"]).expect(1).says(&["needs a condition"]);
}
