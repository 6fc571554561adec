//! The answer of a look-up as a page.

use super::markup::Markup;
use super::{cited, finding, foot, forest, head, pair, quote, section, standing};
use crate::lookup::pooling::{Bounded, LeftOut, RULE};
use crate::lookup::{Answer, Fit, Harms, PooledEffect, Pooling, Registered, StudyEntry, Term, Understood, Verdict};
use crate::model::StudyDesign;
use crate::report::Canvas;
use crate::report::formats::table::answer::{described, sense};
use crate::report::wording::{
    bounded, count, design_counts, figure, fit_lines, gap_lines, harm_lines, judged_line, minute, number, outcome_rule,
    patient_lines, registered_facts, relation_words, sought_lines, study_counts, tally_parts, tells_directions,
    vote_word,
};

/// The title and the body of the page.
pub(super) fn body(answer: &Answer, canvas: Canvas) -> (String, Markup) {
    let title = title(&answer.understood);
    let mut body = Markup::default();
    let as_of = answer.coverage.as_of.as_deref().map_or_else(String::new, |at| format!(", as of {}", minute(at)));
    head(
        &mut body,
        &title,
        &format!("Evidence from {}{as_of}", count(answer.coverage.documents, "document", "documents")),
    );
    question(&mut body, &answer.understood);
    if let Some(patient) = &answer.patient {
        section(&mut body, "patient", "Patient");
        body.open("dl", &[]);
        for (label, words) in patient_lines(patient) {
            pair(&mut body, label, &words);
        }
        body.close();
        body.close();
    }
    summary(&mut body, answer);
    if let Some(pooling) = &answer.pool {
        section(&mut body, "pooled", "Pooled effect");
        match pooling {
            Pooling::Refused { reasons, left_out } => {
                body.leaf("p", &[("class", "care")], &format!("Refused: {}.", reasons.join("; ")));
                self::left_out(&mut body, left_out);
            }
            Pooling::Done(effect) => pooled(&mut body, effect),
        }
        body.close();
    }
    if let Some(accuracy) = &answer.accuracy {
        super::accuracy::accuracy(&mut body, accuracy);
    }
    if let Some(harms) = &answer.harms {
        self::harms(&mut body, harms);
    }
    section(&mut body, "studies", "Studies, best evidence first");
    body.open("ol", &[("class", "studies")]);
    for entry in &answer.studies {
        study(&mut body, entry, canvas.findings);
    }
    body.close();
    let found = answer.summary.studies + answer.summary.retracted;
    if answer.studies.len() < found {
        let text = format!("{} of {found} studies shown; --limit shows more.", answer.studies.len());
        body.leaf("p", &[("class", "soft")], &text);
    }
    body.close();
    if let Some(gaps) = answer.gaps.as_ref().filter(|gaps| !gaps.is_nothing()) {
        section(&mut body, "gaps", "Gaps");
        body.open("ul", &[]);
        for line in gap_lines(gaps) {
            body.leaf("li", &[], &line);
        }
        body.close();
        body.close();
    }
    if answer.registered.trials > 0 {
        registered(&mut body, &answer.registered);
    }
    foot(&mut body, &answer.coverage, canvas);
    (title, body)
}

fn title(understood: &Understood) -> String {
    let term = |term: &Option<Term>| term.as_ref().map(|term| term.name.clone());
    let outcome = understood.outcome.as_ref().map(|outcome| format!("“{}”", outcome.asked));
    let sought = understood.by_words.iter().map(|name| Some(format!("“{}”", name.asked)));
    let test = understood.test.as_ref().map(|test| format!("“{}”", test.asked));
    let named = [test, term(&understood.treatment), term(&understood.condition)];
    let parts = named.into_iter().chain(sought).chain([outcome]);
    parts.flatten().collect::<Vec<_>>().join(" · ")
}

fn question(body: &mut Markup, understood: &Understood) {
    section(body, "question", "Question");
    body.open("dl", &[]);
    if understood.in_words {
        pair(body, "Understood", &sense(understood));
    }
    for (label, term) in [("Condition", &understood.condition), ("Treatment", &understood.treatment)] {
        if let Some(term) = term {
            pair(body, label, &described(term));
        }
    }
    for (label, words) in sought_lines(understood) {
        pair(body, label, &words);
    }
    if let Some(comparator) = &understood.comparator {
        let words = match &comparator.concept {
            Some((id, name)) => format!("{name} ({id})"),
            None => format!("“{}”, by its words", comparator.asked),
        };
        pair(body, "Comparator", &words);
    }
    if let Some(test) = &understood.test {
        pair(body, "Test", &format!("“{}”, by its words", test.asked));
    }
    if let Some(outcome) = &understood.outcome {
        pair(body, "Outcome", &outcome_rule(outcome, understood));
    }
    let filters = understood.filters.words();
    if !filters.is_empty() {
        pair(body, "Only", &filters.join(" · "));
    }
    if !understood.unused.is_empty() {
        pair(body, "Not used", &format!("{}: the answer does not depend on it", understood.unused.join(", ")));
    }
    body.close();
    body.close();
}

fn summary(body: &mut Markup, answer: &Answer) {
    let Answer { summary, understood, .. } = answer;
    section(body, "summary", "Summary");
    if summary.studies == 0 && summary.retracted == 0 {
        let text = "No finding in this corpus is linked to what was asked. That is no evidence of no effect: see the coverage.";
        body.leaf("p", &[], text);
        body.close();
        return;
    }
    body.leaf("p", &[], &format!("{}. {}", study_counts(summary), design_counts(summary).join(" · ")));
    if let Some(relations) = &answer.relations {
        let (told, counts) = relation_words(relations);
        body.leaf("p", &[], &format!("Relation: {told}; what each study's words say: {counts}."));
        for one in &answer.mentioned {
            body.leaf("p", &[], &format!("{}: “{}”", one.document, one.quote));
        }
    }
    if tells_directions(understood) {
        tally(body, answer);
    }
    if summary.one_outcome && summary.votes.is_conflict() {
        body.leaf("p", &[("class", "care")], "The studies disagree.");
    }
    if summary.retracted > 0 {
        let text = count(summary.retracted as u64, "retracted study was found", "retracted studies were found")
            + ", shown and not counted.";
        body.leaf("p", &[("class", "grave")], &text);
    }
    body.close();
}

/// The votes of the studies.
fn tally(body: &mut Markup, answer: &Answer) {
    let Answer { summary, understood, .. } = answer;
    body.open("table", &[]);
    let caption = match &understood.outcome {
        Some(outcome) if summary.one_outcome => format!("“{}”, one vote a study", outcome.asked),
        Some(_) => {
            "Each study's findings that hold the most of the words, one vote a study: they need not be on one outcome"
                .to_owned()
        }
        None => "Each study's own outcomes, one vote a study: name an outcome to compare like with like".to_owned(),
    };
    body.leaf("caption", &[], &caption);
    body.open("tr", &[]);
    body.leaf("th", &[("scope", "col")], "Direction");
    body.leaf("th", &[("scope", "col")], "Studies");
    body.close();
    for (n, word) in tally_parts(summary.votes) {
        body.open("tr", &[]);
        body.leaf("th", &[("scope", "row")], word);
        body.leaf("td", &[("class", "n")], &number(n as u64));
        body.close();
    }
    body.close();
}

fn pooled(body: &mut Markup, effect: &PooledEffect) {
    body.leaf("p", &[("class", "care")], "Computed from automatically extracted numbers; check each quote.");
    let kind = if effect.randomised { "randomised trials" } else { "observational studies" };
    let unit = effect.unit.as_deref().map(|unit| format!(" {unit}")).unwrap_or_default();
    let words = format!(
        "{}{unit}, {} {kind}, compared with {}.",
        effect.measure.name(),
        effect.inputs.len(),
        effect.comparator
    );
    body.leaf("p", &[], &words);
    body.open("dl", &[]);
    let line = |body: &mut Markup, label: &str, b: &Bounded| pair(body, label, &bounded(b));
    line(body, "Fixed effect", &effect.fixed);
    if let Some(random) = &effect.random {
        line(body, "Random effects, DerSimonian–Laird", random);
    }
    if let Some(random) = &effect.hartung_knapp {
        line(body, "Random effects, Hartung–Knapp interval", random);
    }
    if let Some((low, high)) = effect.prediction {
        pair(body, "95 % prediction interval", &format!("{} to {}", figure(low), figure(high)));
    }
    if let (Some(tau), Some(share)) = (effect.tau_squared, effect.i_squared) {
        let spread = format!("I² {share:.0} %, tau² {}, Q {:.2} on {}", figure(tau), effect.q, effect.inputs.len() - 1);
        pair(body, "Heterogeneity", &spread);
    }
    for note in &effect.notes {
        pair(body, "Note", note);
    }
    pair(body, "Rule", RULE);
    body.close();
    body.open("div", &[("class", "wide")]);
    forest::forest(effect, body);
    body.open("table", &[]);
    body.leaf("caption", &[], "What is pooled");
    body.open("tr", &[]);
    for heading in ["Study", "Effect", "Weight, fixed", "Weight, random", "Quote"] {
        body.leaf("th", &[("scope", "col")], heading);
    }
    body.close();
    for input in &effect.inputs {
        body.open("tr", &[]);
        body.open("th", &[("scope", "row"), ("class", "name")]);
        body.text(&format!("{} ", input.label));
        body.document(&input.document);
        body.close();
        body.leaf("td", &[("class", "effect")], &bounded(&input.effect));
        body.leaf("td", &[("class", "n")], &format!("{:.1} %", input.weight_fixed));
        let random = input.weight_random.map_or_else(|| "–".to_owned(), |weight| format!("{weight:.1} %"));
        body.leaf("td", &[("class", "n")], &random);
        body.open("td", &[("class", "quote")]);
        body.text("“");
        quote(body, &input.quote, &[]);
        body.text("”");
        body.close();
        body.close();
    }
    body.close();
    body.close();
    left_out(body, &effect.left_out);
}

fn left_out(body: &mut Markup, others: &[LeftOut]) {
    if others.is_empty() {
        return;
    }
    body.open("details", &[]);
    body.leaf("summary", &[], &format!("Left out: {}", count(others.len() as u64, "study", "studies")));
    body.open("ul", &[]);
    for one in others {
        body.open("li", &[]);
        body.document(&one.document);
        body.text(&format!(": {}", one.reason));
        body.close();
    }
    body.close();
    body.close();
}

fn study(body: &mut Markup, study: &StudyEntry, most: usize) {
    let Some(lead) = study.lead() else { return };
    body.open("li", &[]);
    body.open("article", &[]);
    body.leaf("h3", &[], &lead.title);
    let level = lead.level.map_or_else(|| "level not stated".to_owned(), |level| format!("level {level}"));
    let design = lead.design.map_or("design not stated", StudyDesign::label);
    let size = lead.sample_size.map_or_else(|| "n not stated".to_owned(), |n| format!("n = {}", number(n.value)));
    body.leaf("p", &[], &format!("{level} · {design} · {size} · {}", vote_word(study.vote)));
    for document in &study.documents {
        cited(body, document);
        standing(body, document);
    }
    if let Some(fit) = &study.fit {
        fitting(body, fit);
    }
    if let Some(judged) = &study.judged {
        body.leaf("p", &[("class", "care")], &judged_line(judged));
    }
    for one in study.findings.iter().take(most) {
        finding(body, one);
    }
    if study.findings.len() > most {
        let more = count((study.findings.len() - most) as u64, "more finding", "more findings");
        body.leaf("p", &[("class", "soft")], &format!("and {more}: --findings shows more"));
    }
    body.close();
    body.close();
}

/// How a study fits the patient.
fn fitting(body: &mut Markup, fit: &Fit) {
    body.open("ul", &[]);
    for (verdict, line) in fit_lines(fit) {
        let class = match verdict {
            Verdict::Excluded => "grave",
            Verdict::Differs | Verdict::Unclear => "care",
            Verdict::Fits | Verdict::NotReported => "soft",
        };
        body.leaf("li", &[("class", class)], &line);
    }
    body.close();
}

/// Harms beside benefits, each with a finding on it.
fn harms(body: &mut Markup, harms: &Harms) {
    section(body, "harms", "Harms");
    let (head, lines) = harm_lines(harms);
    body.leaf("p", &[], &head);
    body.open("ul", &[]);
    for (line, entry) in lines.iter().zip(&harms.listed) {
        body.open("li", &[]);
        body.text(line);
        if let Some(example) = &entry.example {
            finding(body, example);
        }
        body.close();
    }
    body.close();
    if harms.more > 0 {
        body.leaf("p", &[("class", "soft")], &format!("and {} more", harms.more));
    }
    body.close();
}

fn registered(body: &mut Markup, registered: &Registered) {
    section(body, "registered", "Registered, and not known to be reported");
    body.open("ul", &[]);
    for entry in &registered.listed {
        body.open("li", &[]);
        body.document(&entry.document.id);
        body.text(&format!(" · {} · {}", registered_facts(entry), entry.document.title));
        if let Some(fit) = &entry.fit {
            fitting(body, fit);
        }
        body.close();
    }
    body.close();
    if registered.listed.len() < registered.trials {
        let text = format!("{} of {} trials shown; --limit shows more.", registered.listed.len(), registered.trials);
        body.leaf("p", &[("class", "soft")], &text);
    }
    body.close();
}
