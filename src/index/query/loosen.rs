//! Making a query that finds nothing find more, one step at a time, each step named.

use super::fields::Field;
use super::syntax::{Expression, Node, Operator, Tag, Term};
use crate::index::analyzers::words;

/// How many other words may stand between those of a phrase that is loosened.
const NEAR: u32 = 5;

/// A way to loosen a query.
#[derive(Clone, Copy)]
pub struct Step {
    /// What it does, in words.
    pub what: &'static str,
    change: fn(&Node) -> Option<Node>,
}

impl Step {
    /// The query, loosened; none where the step changes nothing.
    pub fn apply(&self, node: &Node) -> Option<Node> {
        let changed = rewrite(node, self.change);
        (changed != *node).then_some(changed)
    }
}

/// The steps, the smallest first. After them whole clauses are left out, the one that costs the most first.
pub fn steps() -> [Step; 6] {
    [
        Step { what: "phrases: their words near each other, in any order", change: phrase_to_near },
        Step { what: "words near each other: anywhere in the same field", change: near_to_words },
        Step { what: "headings: with what is narrower", change: explode },
        Step { what: "main topics: any mention among the headings", change: any_topic },
        Step { what: "title or abstract alone: either, and keywords", change: title_to_abstract },
        Step { what: "title and abstract: headings, substances and full text too", change: abstract_to_text },
    ]
}

/// The tree with each term changed where `change` wants to.
fn rewrite(node: &Node, change: fn(&Node) -> Option<Node>) -> Node {
    match &node.expression {
        Expression::Chain { first, rest } => {
            // What NOT takes away must not grow.
            let operand = |(operator, node): &(Operator, Node)| match operator {
                Operator::Not => (*operator, node.clone()),
                _ => (*operator, rewrite(node, change)),
            };
            let first = Box::new(rewrite(first, change));
            Node::new(Expression::Chain { first, rest: rest.iter().map(operand).collect() }, node.span)
        }
        _ => change(node).unwrap_or_else(|| node.clone()),
    }
}

fn term(node: &Node) -> Option<(&Term, Tag)> {
    match &node.expression {
        Expression::Term(term) => Some((term, term.tag?)),
        _ => None,
    }
}

fn with_tag(node: &Node, tag: Tag) -> Option<Node> {
    let (term, _) = term(node)?;
    Some(Node::new(Expression::Term(Term { tag: Some(tag), ..term.clone() }), node.span))
}

fn phrase_to_near(node: &Node) -> Option<Node> {
    let (term, tag) = term(node)?;
    let loose = tag.near.is_none() && tag.field.has_proximity() && !term.text.contains('*');
    (loose && words(&term.text).len() > 1).then(|| with_tag(node, Tag { near: Some(NEAR), ..tag })).flatten()
}

fn near_to_words(node: &Node) -> Option<Node> {
    let (term, tag) = term(node)?;
    tag.near?;
    let one = |word: &str| {
        let tag = Some(Tag { near: None, ..tag });
        Node::new(Expression::Term(Term { text: word.to_owned(), quoted: true, tag }), node.span)
    };
    let parts = term.text.split_whitespace().filter(|part| !words(part).is_empty()).map(one).collect();
    Node::joined(Operator::And, parts, node.span)
}

fn explode(node: &Node) -> Option<Node> {
    let (_, tag) = term(node)?;
    (!tag.explode).then(|| with_tag(node, Tag { explode: true, ..tag })).flatten()
}

fn any_topic(node: &Node) -> Option<Node> {
    let (_, tag) = term(node)?;
    (tag.field == Field::MeshMajor).then(|| with_tag(node, Tag { field: Field::Mesh, ..tag })).flatten()
}

fn title_to_abstract(node: &Node) -> Option<Node> {
    let (_, tag) = term(node)?;
    let narrow = matches!(tag.field, Field::Title | Field::Abstract | Field::OtherTerm);
    narrow.then(|| with_tag(node, Tag { field: Field::TitleAbstract, ..tag })).flatten()
}

fn abstract_to_text(node: &Node) -> Option<Node> {
    let (found, tag) = term(node)?;
    // Of this word PubMed makes a filter with the other tag.
    let is_filter = found.text.eq_ignore_ascii_case("hasabstract");
    (tag.field == Field::TitleAbstract && !is_filter)
        .then(|| with_tag(node, Tag { field: Field::TextWord, ..tag }))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::query::parse;

    #[test]
    fn each_step_does_what_it_says() {
        let query = "\"acute asthma attack\"[ti] AND asthma[majr:noexp] NOT \"status asthmaticus\"[ti]";
        let mut node = parse(query).unwrap();
        let expected = [
            "\"acute asthma attack\"[ti:~5] AND asthma[majr:noexp] NOT \"status asthmaticus\"[ti]",
            "(\"acute\"[ti] AND \"asthma\"[ti] AND \"attack\"[ti]) AND asthma[majr:noexp] NOT \"status asthmaticus\"[ti]",
            "(\"acute\"[ti] AND \"asthma\"[ti] AND \"attack\"[ti]) AND asthma[majr] NOT \"status asthmaticus\"[ti]",
            "(\"acute\"[ti] AND \"asthma\"[ti] AND \"attack\"[ti]) AND asthma[mh] NOT \"status asthmaticus\"[ti]",
            "(\"acute\"[tiab] AND \"asthma\"[tiab] AND \"attack\"[tiab]) AND asthma[mh] NOT \"status asthmaticus\"[ti]",
            "(\"acute\"[tw] AND \"asthma\"[tw] AND \"attack\"[tw]) AND asthma[mh] NOT \"status asthmaticus\"[ti]",
        ];
        for (step, expected) in steps().iter().zip(expected) {
            node = step.apply(&node).unwrap();
            assert_eq!(node.to_string(), expected, "{}", step.what);
            assert_eq!(step.apply(&node), None);
        }
    }
}
