//! The page on which a question is asked, and the one that says why there is no answer.

use super::head;
use super::markup::Markup;
use crate::report::{EntrancePage, RefusalPage};

/// The boxes of the form: the key, what it is called, an example.
const BOXES: [(&str, &str, &str); 5] = [
    ("question", "Question in words", "does metformin lower mortality in heart failure?"),
    ("condition", "Condition", "a name, a synonym or an id"),
    ("treatment", "Treatment", "a name, or a class"),
    ("comparator", "Compared with", "placebo, usual care"),
    ("outcome", "Outcome", "words that a finding is about"),
];

/// The title and the body of the page of questions.
pub(super) fn body(page: &EntrancePage) -> (&'static str, Markup) {
    let mut body = Markup::default();
    head(&mut body, "litmine", "Evidence from the literature, with its quotes. No medical advice.");
    if page.corpora.is_empty() {
        body.leaf("p", &[], "No corpus is defined here; litmine init NAME makes one.");
        return ("litmine", body);
    }
    body.open("form", &[("class", "ask"), ("method", "post"), ("action", "/lookup"), ("accept-charset", "utf-8")]);
    body.open("label", &[]);
    body.text("Corpus");
    body.open("select", &[("name", "corpus"), ("required", "required")]);
    for (name, title) in &page.corpora {
        body.leaf("option", &[("value", name)], &format!("{name}: {title}"));
    }
    body.close();
    body.close();
    for (key, label, example) in BOXES {
        body.open("label", &[]);
        body.text(label);
        let attributes =
            [("name", key), ("type", "text"), ("placeholder", example), ("maxlength", "1000"), ("autocomplete", "off")];
        body.void("input", &attributes);
        body.close();
    }
    body.open("label", &[("class", "tick")]);
    body.void("input", &[("name", "pool"), ("type", "checkbox")]);
    body.text(" Pool the effects, where they match");
    body.close();
    body.leaf("button", &[("type", "submit")], "Look up");
    body.close();
    body.leaf("h2", &[], "Evidence maps");
    body.open("ul", &[]);
    for (name, title) in &page.corpora {
        body.open("li", &[]);
        // A corpus is named by letters, digits, - and _ alone.
        body.leaf("a", &[("href", &format!("/map/{name}"))], &format!("{name}: {title}"));
        body.close();
    }
    body.close();
    ("litmine", body)
}

/// The title and the body of a page that says why there is no answer.
pub(super) fn refusal(page: &RefusalPage) -> (&'static str, Markup) {
    let mut body = Markup::default();
    head(&mut body, "No answer", "");
    body.leaf("p", &[("class", "care")], &page.message);
    if let Some(hint) = &page.hint {
        body.leaf("p", &[], hint);
    }
    body.open("p", &[]);
    body.leaf("a", &[("href", "/")], "Ask another question");
    body.close();
    ("No answer", body)
}
