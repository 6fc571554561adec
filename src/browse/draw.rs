//! The view on the screen.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Position, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::Line;
use ratatui::widgets::{Block, Clear, List, ListItem, ListState, Paragraph, Wrap};
use unicode_width::UnicodeWidthStr;

use super::lines::{self, CARE, DIM};
use super::view::{Focus, View};

/// Below this width the list and the study take turns.
const BOTH: u16 = 90;

/// Every key, and what it does.
const KEYS: [(&str, &str); 12] = [
    ("/ or e", "ask something else"),
    ("↑ ↓ j k", "move; PgUp PgDn Home End go further"),
    ("Enter →", "into the study, then into its document"),
    ("← Esc", "back"),
    ("Tab", "from the list to the study and back"),
    ("1 … 9", "open that document of the study"),
    ("n p", "the next, the previous document of the study"),
    ("s", "order: evidence, fit, date, size"),
    ("l", "level: all, 1b or better, 2b or better"),
    ("c", "only findings whose numbers agree with each other"),
    ("?", "these keys"),
    ("q", "leave"),
];

/// Draws the view; notes how far what is shown can be scrolled.
pub(super) fn draw(frame: &mut Frame<'_>, view: &mut View) {
    let summary = view.answer.as_ref().map(lines::summary).unwrap_or_default();
    let coverage = view.answer.as_ref().map(lines::coverage).unwrap_or_default();
    let width = frame.area().width.max(1);
    let [question, head, body, foot, keys] = Layout::vertical([
        Constraint::Length(3),
        Constraint::Length(height(&summary, width).min(6)),
        Constraint::Min(3),
        Constraint::Length(height(&coverage, width).min(4)),
        Constraint::Length(1),
    ])
    .areas(frame.area());
    self::question(frame, view, question);
    frame.render_widget(Paragraph::new(summary).wrap(Wrap { trim: false }), head);
    match &view.message {
        Some(message) => {
            let message = Paragraph::new(Line::styled(crate::report::plain(message), CARE)).wrap(Wrap { trim: false });
            frame.render_widget(message, body);
        }
        None => self::body(frame, view, body),
    }
    frame.render_widget(Paragraph::new(coverage).wrap(Wrap { trim: false }), foot);
    frame.render_widget(Paragraph::new(Line::styled(hint(view), DIM)), keys);
    if view.focus == Focus::Help {
        help(frame);
    }
}

/// Rows that lines take at a width.
fn height(lines: &[Line<'_>], width: u16) -> u16 {
    Paragraph::new(lines.to_vec()).wrap(Wrap { trim: false }).line_count(width).try_into().unwrap_or(u16::MAX)
}

fn question(frame: &mut Frame<'_>, view: &View, area: Rect) {
    let title = format!(" {}: the evidence for a question ", view.corpus);
    let block = Block::bordered().title(title).border_style(border(view.focus == Focus::Question));
    let inner = block.inner(area);
    // What is left of the cursor stays in sight.
    let before = view.input.before().width();
    let hidden = before.saturating_sub(usize::from(inner.width.saturating_sub(1)));
    let text = if view.busy { format!("{}   looking …", view.input.text()) } else { view.input.text() };
    let line = Paragraph::new(text).block(block).scroll((0, u16::try_from(hidden).unwrap_or(u16::MAX)));
    frame.render_widget(line, area);
    if view.focus == Focus::Question {
        let column = u16::try_from(before - hidden).unwrap_or(u16::MAX);
        frame.set_cursor_position(Position::new(inner.x.saturating_add(column), inner.y));
    }
}

fn body(frame: &mut Frame<'_>, view: &mut View, area: Rect) {
    let both = area.width >= BOTH && view.focus != Focus::Document;
    if both {
        let [left, right] = Layout::horizontal([Constraint::Percentage(45), Constraint::Percentage(55)]).areas(area);
        studies(frame, view, left);
        pane(frame, view, right);
    } else if matches!(view.focus, Focus::Study | Focus::Document) {
        pane(frame, view, area);
    } else {
        studies(frame, view, area);
    }
}

fn studies(frame: &mut Frame<'_>, view: &View, area: Rect) {
    let title = match view.studies().len() {
        0 => " Studies ".to_owned(),
        n => format!(" Studies, {} of {n} · {} ", view.chosen + 1, view.filter_words()),
    };
    let items: Vec<ListItem<'_>> =
        view.studies().iter().enumerate().map(|(n, study)| ListItem::new(lines::entry(n + 1, study))).collect();
    let list = List::new(items)
        .block(Block::bordered().title(title).border_style(border(view.focus == Focus::Studies)))
        .highlight_style(Style::new().add_modifier(Modifier::REVERSED));
    let mut state = ListState::default().with_selected((!view.studies().is_empty()).then_some(view.chosen));
    frame.render_stateful_widget(list, area, &mut state);
}

/// The study that is chosen, or the document that is open.
fn pane(frame: &mut Frame<'_>, view: &mut View, area: Rect) {
    let (title, lines) = match (&view.document, view.study()) {
        (Some(page), _) if view.focus == Focus::Document => {
            (format!(" {} · findings are marked ", page.citation.id), lines::document(page))
        }
        (_, Some(study)) => (format!(" Study {} ", view.chosen + 1), lines::study(study)),
        _ => (" Study ".to_owned(), Vec::new()),
    };
    let block =
        Block::bordered().title(title).border_style(border(matches!(view.focus, Focus::Study | Focus::Document)));
    let inner = block.inner(area);
    let text = Paragraph::new(lines).wrap(Wrap { trim: false });
    let rows = text.line_count(inner.width.max(1));
    view.last_line = rows.saturating_sub(usize::from(inner.height));
    view.scroll = view.scroll.min(view.last_line);
    let scroll = u16::try_from(view.scroll).unwrap_or(u16::MAX);
    frame.render_widget(text.block(block).scroll((scroll, 0)), area);
}

fn help(frame: &mut Frame<'_>) {
    let area = frame.area();
    let (width, height) = (64.min(area.width), (KEYS.len() as u16 + 2).min(area.height));
    let place = Rect::new((area.width - width) / 2, (area.height - height) / 2, width, height);
    let lines: Vec<Line<'_>> = KEYS.iter().map(|(key, what)| Line::from(format!("{key:<10}{what}"))).collect();
    frame.render_widget(Clear, place);
    frame.render_widget(Paragraph::new(lines).block(Block::bordered().title(" Keys ")), place);
}

fn border(focused: bool) -> Style {
    if focused { Style::new().add_modifier(Modifier::BOLD) } else { DIM }
}

/// The keys that matter now.
fn hint(view: &View) -> &'static str {
    match view.focus {
        Focus::Question => "Enter ask · Esc back to the studies, or leave · Ctrl-U empty the line · Ctrl-C leave",
        Focus::Studies => "↑↓ choose · Enter study · / ask · s order · l level · c numbers agree · ? keys · q leave",
        Focus::Study => "↑↓ scroll · Enter document · 1–9 its documents · Esc back · ? keys · q leave",
        Focus::Document => "↑↓ scroll · n p other documents of the study · Esc back · ? keys · q leave",
        Focus::Help => "any key closes this",
    }
}
