//! A pager for an answer that is longer than the terminal.

use std::env;
use std::io::{self, Write as _};
use std::process::{Command, Stdio};

use unicode_width::UnicodeWidthStr as _;

/// How `less` behaves where the user did not say: it ends at once where the text fits, keeps colours, leaves the text on the screen, and ends with Ctrl-C,
/// which ends litmine too.
const LESS: &str = "FRXK";
/// What is run where the user names no pager.
const USUAL: &str = "less";
/// What a shell ends with where there is no such program, or it may not be run.
const NOT_RUN: [i32; 2] = [126, 127];

/// The user's pager: `$LITMINE_PAGER`, else `$PAGER`, else `less`. None where it is set to nothing or to `cat`.
pub(super) fn wanted() -> Option<String> {
    let named = ["LITMINE_PAGER", "PAGER"].into_iter().find_map(|name| env::var(name).ok());
    Some(named.unwrap_or_else(|| USUAL.to_owned())).filter(|pager| !matches!(pager.trim(), "" | "cat"))
}

/// Whether a text is longer than a terminal of so many columns and rows, of which the last is the prompt's.
pub(super) fn is_longer(text: &str, columns: u16, rows: u16) -> bool {
    let columns = usize::from(columns.max(1));
    let plain = anstream::adapter::strip_str(text).to_string();
    let needed: usize = plain.lines().map(|line| line.width().div_ceil(columns).max(1)).sum();
    needed >= usize::from(rows)
}

/// Shows a text in a pager and waits until its reader has done. False where it cannot be run: nothing was shown then.
pub(super) fn show(pager: &str, text: &str) -> bool {
    let mut command = Command::new("sh");
    command.arg("-c").arg(pager).stdin(Stdio::piped());
    if env::var_os("LESS").is_none() {
        command.env("LESS", LESS);
    }
    let Ok(mut child) = command.spawn() else { return false };
    if let Some(mut input) = child.stdin.take() {
        // Who has read enough closes it.
        let _: io::Result<()> = input.write_all(text.as_bytes());
    }
    child.wait().is_ok_and(|status| !status.code().is_some_and(|code| NOT_RUN.contains(&code)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_longer_by_the_rows_that_its_lines_take() {
        assert!(!is_longer("a\nb\n", 80, 3));
        assert!(is_longer("a\nb\nc\n", 80, 3));
        // A line that wraps takes two rows, colours none, a wide letter two columns.
        assert!(is_longer("0123456789\n0123456789a\n", 10, 3));
        assert!(!is_longer("\u{1b}[1m0123456789\u{1b}[0m\n0123456789\n", 10, 3));
        assert!(is_longer("漢漢漢漢漢漢\na\n", 10, 3));
    }

    #[test]
    #[cfg(unix)]
    fn a_pager_that_is_not_there_has_shown_nothing() {
        assert!(!show("exec litmine-has-no-such-pager 2>&-", "text"));
        assert!(show("cat >&-; exit 0", "text"));
        // One that reads nothing is no failure.
        assert!(show("exit 1", &"text\n".repeat(100_000)));
    }
}
