//! The flow of records into a corpus, after the flow diagram of PRISMA 2020 (Page et al., BMJ 2021;372:n71), as far as a program
//! can fill it in: identification, and what was removed before screening.

use std::fmt::Write as _;

/// One source of the flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrismaSource {
    /// The source.
    pub name: String,
    /// Records identified in it.
    pub identified: u64,
}

/// The numbers of the diagram. `identified` is the sum of all that follows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrismaFlow {
    /// The corpus.
    pub corpus: String,
    /// Where records were identified.
    pub sources: Vec<PrismaSource>,
    /// Records identified in all sources.
    pub identified: u64,
    /// Records of documents that another source delivered too.
    pub duplicates: u64,
    /// Records that are not of the topic, by the filters of the definition.
    pub not_of_topic: u64,
    /// Records that could not be read.
    pub unreadable: u64,
    /// Documents that their sources withdrew.
    pub withdrawn: u64,
    /// Documents that remain to be screened.
    pub to_screen: u64,
}

impl PrismaFlow {
    /// What was removed before screening, in the order of the diagram.
    fn removed(&self) -> [(&'static str, u64); 4] {
        [
            ("Duplicate records", self.duplicates),
            ("Not of the topic (filter)", self.not_of_topic),
            ("Unreadable records", self.unreadable),
            ("Withdrawn by their source", self.withdrawn),
        ]
    }

    /// For people.
    pub fn text(&self) -> String {
        let mut text = format!("Identification of studies: {}\n\n", self.corpus);
        let _ = writeln!(text, "Records identified (n = {})", self.identified);
        for source in &self.sources {
            let _ = writeln!(text, "    {} (n = {})", source.name, source.identified);
        }
        text.push_str("Records removed before screening\n");
        for (what, n) in self.removed() {
            let _ = writeln!(text, "    {what} (n = {n})");
        }
        let _ = writeln!(text, "Records to screen (n = {})", self.to_screen);
        text
    }

    /// For programs, `"schema": 1`.
    pub fn json(&self) -> serde_json::Value {
        let sources: Vec<_> = self
            .sources
            .iter()
            .map(|source| serde_json::json!({"source": source.name, "identified": source.identified}))
            .collect();
        serde_json::json!({
            "schema": 1,
            "corpus": self.corpus,
            "identified": self.identified,
            "sources": sources,
            "removed": {
                "duplicates": self.duplicates,
                "not_of_topic": self.not_of_topic,
                "unreadable": self.unreadable,
                "withdrawn": self.withdrawn
            },
            "to_screen": self.to_screen
        })
    }

    /// As a picture: boxes in the diagram's arrangement.
    pub fn svg(&self) -> String {
        let mut left = vec![format!("Records identified (n = {})", self.identified)];
        left.extend(
            self.sources.iter().map(|source| format!("{} (n = {})", shortened(&source.name), source.identified)),
        );
        let mut right = vec!["Records removed before screening:".to_owned()];
        right.extend(self.removed().iter().map(|(what, n)| format!("{what} (n = {n})")));
        let height = box_height(left.len().max(right.len()));
        let screen_top = TOP + height + GAP;
        let total = screen_top + box_height(1) + TOP;
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{total}\" viewBox=\"0 0 {WIDTH} {total}\" \
             font-family=\"sans-serif\" font-size=\"13\">\n<title>Flow of records into {}</title>\n",
            escaped(&self.corpus)
        );
        svg.push_str("<defs><marker id=\"tip\" markerWidth=\"8\" markerHeight=\"8\" refX=\"7\" refY=\"4\" orient=\"auto\"><path d=\"M0,0L8,4L0,8z\"/></marker></defs>\n");
        draw_box(&mut svg, LEFT, TOP, height, &left);
        draw_box(&mut svg, RIGHT, TOP, height, &right);
        draw_box(&mut svg, LEFT, screen_top, box_height(1), &[format!("Records to screen (n = {})", self.to_screen)]);
        let middle = TOP + height / 2;
        arrow(&mut svg, (LEFT + BOX, middle), (RIGHT, middle));
        arrow(&mut svg, (LEFT + BOX / 2, TOP + height), (LEFT + BOX / 2, screen_top));
        svg.push_str("</svg>\n");
        svg
    }
}

// All in pixels.
const WIDTH: usize = 800;
const TOP: usize = 20;
const GAP: usize = 40;
const LEFT: usize = 20;
const RIGHT: usize = 430;
const BOX: usize = 350;
const LINE: usize = 20;
/// Characters of a source's name that fit a box.
const FITTING: usize = 32;

fn box_height(lines: usize) -> usize {
    lines * LINE + 20
}

fn shortened(name: &str) -> String {
    if name.chars().count() <= FITTING {
        return name.to_owned();
    }
    name.chars().take(FITTING - 1).chain(['…']).collect()
}

fn draw_box(svg: &mut String, x: usize, y: usize, height: usize, lines: &[String]) {
    let _ =
        writeln!(svg, "<rect x=\"{x}\" y=\"{y}\" width=\"{BOX}\" height=\"{height}\" fill=\"none\" stroke=\"black\"/>");
    for (n, line) in lines.iter().enumerate() {
        let (x, y) = (x + if n == 0 { 12 } else { 24 }, y + 10 + LINE * n + 14);
        let _ = writeln!(svg, "<text x=\"{x}\" y=\"{y}\">{}</text>", escaped(line));
    }
}

fn arrow(svg: &mut String, from: (usize, usize), to: (usize, usize)) {
    let _ = writeln!(
        svg,
        "<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" stroke=\"black\" marker-end=\"url(#tip)\"/>",
        from.0, from.1, to.0, to.1
    );
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow() -> PrismaFlow {
        PrismaFlow {
            corpus: "a<b".to_owned(),
            sources: vec![
                PrismaSource {
                    name: "pubmed \"wheeze\" AND a name that is longer than any box".to_owned(),
                    identified: 7,
                },
                PrismaSource { name: "files".to_owned(), identified: 5 },
            ],
            identified: 12,
            duplicates: 3,
            not_of_topic: 0,
            unreadable: 1,
            withdrawn: 2,
            to_screen: 6,
        }
    }

    #[test]
    fn every_number_stands_in_every_form() {
        let flow = flow();
        for form in [flow.text(), flow.svg()] {
            for number in [12, 7, 5, 3, 0, 1, 2, 6] {
                assert!(form.contains(&format!("(n = {number})")), "{number}\n{form}");
            }
        }
        let json = flow.json();
        let removed: u64 = json["removed"].as_object().unwrap().values().filter_map(serde_json::Value::as_u64).sum();
        assert_eq!(json["identified"].as_u64().unwrap(), removed + json["to_screen"].as_u64().unwrap());
    }

    #[test]
    fn names_do_not_become_markup() {
        let svg = flow().svg();
        assert!(svg.contains("a&lt;b") && !svg.contains("a<b") && svg.contains("&quot;wheeze&quot;"));
    }
}
