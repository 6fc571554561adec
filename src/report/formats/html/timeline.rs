//! Studies a year, as bars (SVG), read out as a picture with a description; the numbers stand in a table beside it.

use super::markup::Markup;
use crate::lookup::MapTotal;
use crate::report::wording::{count, number};

/// The picture, in its own units.
const WIDTH: f64 = 740.0;
const HEIGHT: f64 = 160.0;
/// Room for the numbers at the left and the years beneath.
const LEFT: f64 = 40.0;
const BENEATH: f64 = 24.0;
/// The most years that are written beneath.
const LABELS: usize = 12;

pub(super) fn timeline(total: &MapTotal, body: &mut Markup) {
    let (Some((first, _)), Some((last, _))) = (total.years.first(), total.years.last()) else {
        body.leaf("p", &[], "No study that counts has a year.");
        return;
    };
    let most = total.years.iter().map(|(_, studies)| *studies).max().unwrap_or(1);
    let view = format!("0 0 {WIDTH} {}", HEIGHT + BENEATH + 12.0);
    let described = [("viewBox", view.as_str()), ("role", "img"), ("aria-labelledby", "timeline-title timeline-words")];
    body.open("svg", &described);
    body.leaf("title", &[("id", "timeline-title")], "Studies a year");
    let peak = total.years.iter().find(|(_, studies)| *studies == most).map_or(0, |(year, _)| *year);
    let words = format!(
        "Studies that count by year of publication, {first} to {last}; most in {peak}, {}. The numbers stand in the table that follows.",
        number(most as u64)
    );
    body.leaf("desc", &[("id", "timeline-words")], &words);
    let years = usize::from(last - first) + 1;
    let step = (WIDTH - LEFT) / years as f64;
    let height = |studies: usize| HEIGHT * studies as f64 / most as f64;
    for (label, y) in [(0, HEIGHT), (most, 0.0)] {
        let y = y + 8.0;
        line(body, LEFT, y, WIDTH, y);
        let (x, y) = (figure(LEFT - 6.0), figure(y + 4.0));
        body.leaf("text", &[("x", &x), ("y", &y), ("text-anchor", "end")], &number(label as u64));
    }
    for (year, studies) in &total.years {
        let x = LEFT + step * f64::from(year - first);
        let [x, y] = [x + step * 0.1, 8.0 + HEIGHT - height(*studies)].map(figure);
        let [width, height] = [step * 0.8, height(*studies)].map(figure);
        body.leaf("rect", &[("class", "bar"), ("x", &x), ("y", &y), ("width", &width), ("height", &height)], "");
    }
    let every = years.div_ceil(LABELS);
    for year in (*first..=*last).step_by(every) {
        let x = figure(LEFT + step * (f64::from(year - first) + 0.5));
        let y = figure(HEIGHT + BENEATH);
        body.leaf("text", &[("x", &x), ("y", &y), ("text-anchor", "middle")], &year.to_string());
    }
    body.close();
    table(total, body);
}

fn table(total: &MapTotal, body: &mut Markup) {
    body.open("details", &[]);
    body.leaf("summary", &[], "The numbers");
    body.open("table", &[]);
    body.leaf("caption", &[], "Studies that count, by year of publication");
    body.open("tr", &[]);
    body.leaf("th", &[("scope", "col")], "Year");
    body.leaf("th", &[("scope", "col")], "Studies");
    body.close();
    for (year, studies) in &total.years {
        body.open("tr", &[]);
        body.leaf("th", &[("scope", "row")], &year.to_string());
        body.leaf("td", &[("class", "n")], &number(*studies as u64));
        body.close();
    }
    body.close();
    if total.undated > 0 {
        let text = count(total.undated as u64, "study has no year", "studies have no year");
        body.leaf("p", &[("class", "soft")], &format!("{text}."));
    }
    body.close();
}

fn line(body: &mut Markup, x1: f64, y1: f64, x2: f64, y2: f64) {
    let [x1, y1, x2, y2] = [x1, y1, x2, y2].map(figure);
    body.leaf("line", &[("class", "axis"), ("x1", &x1), ("y1", &y1), ("x2", &x2), ("y2", &y2)], "");
}

fn figure(x: f64) -> String {
    format!("{x:.1}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_year_with_studies_is_a_bar_and_a_row() {
        let total = MapTotal { years: vec![(1999, 2), (2003, 8)], undated: 1, ..MapTotal::default() };
        let mut body = Markup::default();
        timeline(&total, &mut body);
        let shown = body.finish();
        assert_eq!(shown.matches("class=\"bar\"").count(), 2);
        assert!(shown.contains("most in 2003, 8") && shown.contains("<th scope=\"row\">1999</th>"), "{shown}");
        assert!(shown.contains("1 study has no year."));
    }

    #[test]
    fn a_map_without_years_has_no_picture() {
        let mut body = Markup::default();
        timeline(&MapTotal::default(), &mut body);
        assert!(!body.finish().contains("<svg"));
    }
}
