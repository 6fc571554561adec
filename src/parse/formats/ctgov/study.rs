//! One registration.

use serde_json::Value;

use crate::model::{Document, DocumentKind, Heading, Identifiers, PartialDate, Passage};

/// The data bank as papers name it beside the number.
const BANK: &str = "ClinicalTrials.gov";

/// What a registration says; or why it is none.
pub(super) fn document(study: &Value) -> Result<Document, String> {
    let protocol = &study["protocolSection"];
    let identification = &protocol["identificationModule"];
    let number = identification["nctId"].as_str().unwrap_or_default().trim().to_ascii_uppercase();
    let digits = number.strip_prefix("NCT").unwrap_or_default();
    if digits.len() != 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err("it has no NCT number".to_owned());
    }
    let mut document = Document {
        identifiers: Identifiers { other: vec![("nct".to_owned(), number.clone())], ..Identifiers::default() },
        version: 1,
        kind: DocumentKind::Registration,
        ..Document::default()
    };
    document.accessions.push((BANK.to_owned(), number));
    let status = &protocol["statusModule"];
    document.published = date(&status["studyFirstPostDateStruct"]["date"]);
    document.entered = date(&status["studyFirstSubmitDate"]);
    document.revised = date(&status["lastUpdatePostDateStruct"]["date"]);
    document.publication_status = text(&status["overallStatus"]);
    document.keywords = texts(&protocol["conditionsModule"]["conditions"])
        .chain(texts(&protocol["conditionsModule"]["keywords"]))
        .collect();
    for browse in ["conditionBrowseModule", "interventionBrowseModule"] {
        for mesh in list(&study["derivedSection"][browse]["meshes"]) {
            if let Some(name) = text(&mesh["term"]) {
                document.headings.push(Heading { id: text(&mesh["id"]), name, ..Heading::default() });
            }
        }
    }
    let title = text(&identification["officialTitle"]).or_else(|| text(&identification["briefTitle"]));
    document.set_title(title.unwrap_or_default());
    let mut passages = Passages(&mut document.passages);
    registered(protocol, &mut passages);
    posted(&study["resultsSection"], &mut passages);
    Ok(document)
}

/// Collects passages, each on one line.
struct Passages<'p>(&'p mut Vec<Passage>);

impl Passages<'_> {
    fn add(&mut self, section: &str, category: Option<&str>, words: &str) {
        let words = one_line(words);
        if !words.is_empty() {
            let category = category.map(str::to_owned);
            self.0.push(Passage { section: section.to_owned(), category, text: words });
        }
    }

    /// Each paragraph of a longer text is a passage.
    fn paragraphs(&mut self, section: &str, category: Option<&str>, words: &Value) {
        for paragraph in words.as_str().unwrap_or_default().split("\n\n") {
            self.add(section, category, paragraph);
        }
    }
}

/// What was planned.
fn registered(protocol: &Value, passages: &mut Passages<'_>) {
    let description = &protocol["descriptionModule"];
    passages.paragraphs("Brief summary", Some("OBJECTIVE"), &description["briefSummary"]);
    passages.paragraphs("Detailed description", Some("METHODS"), &description["detailedDescription"]);
    let design = &protocol["designModule"];
    let words: Vec<String> = [
        text(&design["studyType"]),
        joined(&design["phases"]),
        text(&design["designInfo"]["allocation"]),
        text(&design["designInfo"]["interventionModel"]),
        text(&design["designInfo"]["primaryPurpose"]),
        text(&design["designInfo"]["maskingInfo"]["masking"]),
        enrolment(&design["enrollmentInfo"]),
    ]
    .into_iter()
    .flatten()
    .collect();
    passages.add("Design", Some("METHODS"), &words.join("; "));
    let arms = &protocol["armsInterventionsModule"];
    for arm in list(&arms["armGroups"]) {
        passages.add("Arms", Some("METHODS"), &pair(&arm["label"], &arm["description"]));
    }
    for intervention in list(&arms["interventions"]) {
        let mut words = pair(&intervention["name"], &intervention["description"]);
        if let Some(others) = joined(&intervention["otherNames"]) {
            words.push_str(&format!(" (other names: {others})"));
        }
        passages.add("Interventions", Some("METHODS"), &words);
    }
    let outcomes = &protocol["outcomesModule"];
    for (kind, section) in [
        ("primaryOutcomes", "Planned outcomes/Primary"),
        ("secondaryOutcomes", "Planned outcomes/Secondary"),
        ("otherOutcomes", "Planned outcomes/Other"),
    ] {
        for outcome in list(&outcomes[kind]) {
            let mut words = pair(&outcome["measure"], &outcome["description"]);
            if let Some(frame) = text(&outcome["timeFrame"]) {
                words.push_str(&format!(" [time frame: {frame}]"));
            }
            passages.add(section, Some("METHODS"), &words);
        }
    }
    let eligibility = &protocol["eligibilityModule"];
    for line in eligibility["eligibilityCriteria"].as_str().unwrap_or_default().lines() {
        passages.add("Eligibility/Criteria", Some("METHODS"), line);
    }
    let limits: Vec<String> = [("minimum age", "minimumAge"), ("maximum age", "maximumAge"), ("sex", "sex")]
        .into_iter()
        .filter_map(|(name, key)| Some(format!("{name}: {}", text(&eligibility[key])?)))
        .collect();
    passages.add("Eligibility/Limits", Some("METHODS"), &limits.join("; "));
}

/// What was found.
fn posted(results: &Value, passages: &mut Passages<'_>) {
    for outcome in list(&results["outcomeMeasuresModule"]["outcomeMeasures"]) {
        let title = text(&outcome["title"]).unwrap_or_else(|| "untitled".to_owned());
        let section = format!("{}{title}", Passage::POSTED_RESULTS);
        let words: Vec<String> =
            [text(&outcome["title"]), text(&outcome["description"]), text(&outcome["populationDescription"])]
                .into_iter()
                .flatten()
                .collect();
        passages.add(&section, Some("RESULTS"), &words.join(". "));
        values(outcome, &section, passages);
        for analysis in list(&outcome["analyses"]) {
            passages.add(&section, Some("RESULTS"), &estimate(outcome, analysis));
        }
    }
}

/// The values of an outcome, a group a passage.
fn values(outcome: &Value, section: &str, passages: &mut Passages<'_>) {
    let unit = text(&outcome["unitOfMeasure"]).unwrap_or_default();
    let kind = text(&outcome["paramType"]).unwrap_or_default();
    for class in list(&outcome["classes"]) {
        for category in list(&class["categories"]) {
            for measurement in list(&category["measurements"]) {
                let Some(value) = text(&measurement["value"]) else { continue };
                let group = group(outcome, &measurement["groupId"]);
                let part: String = [text(&class["title"]), text(&category["title"])]
                    .into_iter()
                    .flatten()
                    .map(|title| format!(", {title}"))
                    .collect();
                let spread = match (
                    text(&measurement["spread"]),
                    text(&measurement["lowerLimit"]),
                    text(&measurement["upperLimit"]),
                ) {
                    (Some(spread), ..) => format!(" (spread {spread})"),
                    (None, Some(low), Some(high)) => format!(" ({low} to {high})"),
                    _ => String::new(),
                };
                let words = format!("{group}{part}: {value}{spread} {unit} ({kind})");
                passages.add(section, Some("RESULTS"), words.trim_end_matches(" ()"));
            }
        }
    }
}

/// An analysis in words of its own fields.
fn estimate(outcome: &Value, analysis: &Value) -> String {
    let groups: Vec<String> = list(&analysis["groupIds"]).iter().map(|id| group(outcome, id)).collect();
    let mut parts = Vec::new();
    if !groups.is_empty() {
        parts.push(groups.join(" versus "));
    }
    if let Some(value) = text(&analysis["paramValue"]) {
        let kind = text(&analysis["paramType"]).unwrap_or_else(|| "estimate".to_owned());
        parts.push(format!("{kind}: {value}"));
    }
    if let (Some(low), Some(high)) = (text(&analysis["ciLowerLimit"]), text(&analysis["ciUpperLimit"])) {
        // A percentage that is not given is not taken to be 95.
        let level = text(&analysis["ciPctValue"]).map(|level| format!("{level}% ")).unwrap_or_default();
        parts.push(format!("{level}CI {low} to {high}"));
    }
    if let Some(p) = text(&analysis["pValue"]) {
        parts.push(format!("p-value {p}"));
    }
    if let Some(comment) = text(&analysis["estimateComment"]) {
        parts.push(comment);
    }
    parts.join("; ")
}

/// The title of a group, by its id.
fn group(outcome: &Value, id: &Value) -> String {
    let titled =
        list(&outcome["groups"]).iter().find(|group| group["id"] == *id).and_then(|group| text(&group["title"]));
    titled.or_else(|| text(id)).unwrap_or_else(|| "group".to_owned())
}

fn enrolment(info: &Value) -> Option<String> {
    let count = info["count"].as_u64()?;
    let kind = text(&info["type"]).map(|kind| format!(" ({})", kind.to_lowercase())).unwrap_or_default();
    Some(format!("enrolment {count}{kind}"))
}

fn pair(name: &Value, description: &Value) -> String {
    [text(name), text(description)].into_iter().flatten().collect::<Vec<_>>().join(": ")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// A text, or a number as written; none where it is empty.
fn text(value: &Value) -> Option<String> {
    let words = match value {
        Value::String(words) => one_line(words),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!words.is_empty()).then_some(words)
}

fn texts(value: &Value) -> impl Iterator<Item = String> {
    list(value).iter().filter_map(text)
}

fn joined(value: &Value) -> Option<String> {
    let words: Vec<String> = texts(value).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

/// White space as single blanks; the escapes of the registry's markup taken off.
fn one_line(words: &str) -> String {
    let mut plain = String::with_capacity(words.len());
    let mut characters = words.chars().peekable();
    while let Some(c) = characters.next() {
        if c == '\\' && characters.peek().is_some_and(|next| "[]*_<>#+-.~`".contains(*next)) {
            continue;
        }
        plain.push(c);
    }
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn date(value: &Value) -> Option<PartialDate> {
    value.as_str()?.trim().parse().ok()
}
