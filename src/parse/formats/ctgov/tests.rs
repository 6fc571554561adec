use super::*;

const STUDY: &str = r#"{"protocolSection":{"identificationModule":{"nctId":"NCT99000001","briefTitle":"Marbles in wheeze","officialTitle":"A trial of marbles\nin wheeze"},
 "statusModule":{"overallStatus":"COMPLETED","studyFirstSubmitDate":"2020-01-02","lastUpdatePostDateStruct":{"date":"2024-05"}},
 "descriptionModule":{"briefSummary":"One \\[1\\] paragraph.\n\nAnother."},
 "conditionsModule":{"conditions":["Wheeze"]},
 "designModule":{"studyType":"INTERVENTIONAL","phases":["PHASE3"],"designInfo":{"allocation":"RANDOMIZED"},"enrollmentInfo":{"count":42,"type":"ACTUAL"}},
 "armsInterventionsModule":{"armGroups":[{"label":"Marbles","description":"Daily"}],"interventions":[{"name":"Marble","otherNames":["Glass ball"]}]},
 "outcomesModule":{"primaryOutcomes":[{"measure":"Days of wheeze","timeFrame":"12 weeks"}]},
 "eligibilityModule":{"eligibilityCriteria":"Inclusion Criteria:\n\n* Wheeze","minimumAge":"18 Years","sex":"ALL"}},
 "resultsSection":{"outcomeMeasuresModule":{"outcomeMeasures":[{"title":"Days of wheeze","unitOfMeasure":"days","paramType":"MEAN",
  "groups":[{"id":"OG000","title":"Marbles"},{"id":"OG001","title":"Placebo"}],
  "classes":[{"categories":[{"measurements":[{"groupId":"OG000","value":"3.1","spread":"0.4"},{"groupId":"OG001","value":"4.0"}]}]}],
  "analyses":[{"groupIds":["OG000","OG001"],"paramType":"Hazard Ratio (HR)","paramValue":"0.74","ciPctValue":"95","ciLowerLimit":"0.65","ciUpperLimit":"0.85","pValue":"<0.001"},
   {"paramType":"Mean Difference (Final Values)","paramValue":"-0.9","ciLowerLimit":"-1.5","ciUpperLimit":"-0.3"}]}]}},
 "derivedSection":{"conditionBrowseModule":{"meshes":[{"id":"D012135","term":"Respiratory Sounds"}]}}}"#;

fn items(text: &str) -> (Vec<Item>, bool) {
    let mut items = Vec::new();
    let mut input = text.as_bytes();
    let ended = CtGov.parse(&mut input, &mut |item| {
        items.push(item);
        ControlFlow::Continue(())
    });
    (items, ended.is_ok())
}

#[test]
fn a_registration_gives_what_was_planned_and_what_was_found() {
    let (items, whole) = items(STUDY);
    assert!(whole);
    let [Item::Document(record)] = items.as_slice() else { panic!("{items:?}") };
    let document = &record.document;
    assert_eq!(document.identifiers.primary().unwrap().as_str(), "NCT:NCT99000001");
    assert_eq!(document.title(), "A trial of marbles in wheeze");
    assert_eq!(document.registrations().collect::<Vec<_>>(), ["NCT99000001"]);
    assert_eq!(document.revised.unwrap().to_string(), "2024-05");
    assert_eq!(document.headings[0].id.as_deref(), Some("D012135"));
    let passages: Vec<String> = document.body().map(|p| format!("{}: {}", p.section, p.text)).collect();
    for expected in [
        "Brief summary: One [1] paragraph.",
        "Brief summary: Another.",
        "Design: INTERVENTIONAL; PHASE3; RANDOMIZED; enrolment 42 (actual)",
        "Arms: Marbles: Daily",
        "Interventions: Marble (other names: Glass ball)",
        "Planned outcomes/Primary: Days of wheeze [time frame: 12 weeks]",
        "Eligibility/Criteria: * Wheeze",
        "Eligibility/Limits: minimum age: 18 Years; sex: ALL",
        "Results/Days of wheeze: Marbles: 3.1 (spread 0.4) days (MEAN)",
        "Results/Days of wheeze: Placebo: 4.0 days (MEAN)",
        "Results/Days of wheeze: Marbles versus Placebo; Hazard Ratio (HR): 0.74; 95% CI 0.65 to 0.85; p-value <0.001",
        "Results/Days of wheeze: Mean Difference (Final Values): -0.9; CI -1.5 to -0.3",
    ] {
        assert!(passages.iter().any(|passage| passage == expected), "{expected}\n{passages:#?}");
    }
}

#[test]
fn a_page_gives_each_and_passes_over_what_is_none() {
    let page = format!(
        r#"{{"totalCount":3,"studies":[{STUDY},{{"protocolSection":{{}}}},{{"protocolSection":{{,}}}}],"nextPageToken":"x"}}"#
    );
    let (found, whole) = items(&page);
    assert!(whole);
    assert!(matches!(found.as_slice(), [Item::Document(_), Item::Rejected(_), Item::Rejected(_)]), "{}", found.len());
    let (found, whole) = items(&page[..page.len() - 10]);
    assert!(!whole && found.len() == 3, "what stands before the break is handed over");
}
