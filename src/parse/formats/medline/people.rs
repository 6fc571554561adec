//! Authors, groups, and where they work: fields that belong to the name before them.

use crate::model::Author;

/// People as their fields come.
#[derive(Debug, Default)]
pub(super) struct People {
    list: Vec<Author>,
    /// Places that stand before the first name.
    places: Vec<String>,
    /// The last name came in full, and its short form may follow.
    short_follows: bool,
}

impl People {
    /// `FAU`: `Family, Given Names Suffix`.
    pub(super) fn full(&mut self, value: String) {
        let mut author = Author::default();
        match value.split_once(", ") {
            Some((last, rest)) => {
                author.last_name = last.to_owned();
                author.fore_name = Some(rest.to_owned());
            }
            None => author.last_name = value,
        }
        self.push(author);
        self.short_follows = true;
    }

    /// `AU`: `Family INITIALS Suffix`, which completes a full name before it, or stands alone in older records.
    pub(super) fn short(&mut self, value: &str) {
        if std::mem::take(&mut self.short_follows) {
            if let Some(author) = self.list.last_mut() {
                complete(author, value);
            }
            return;
        }
        let (last, initials) = match value.rsplit_once(' ') {
            Some((last, initials)) if initials.len() <= 4 && initials.chars().all(char::is_uppercase) => {
                (last.to_owned(), Some(initials.to_owned()))
            }
            _ => (value.to_owned(), None),
        };
        self.push(Author { last_name: last, initials, ..Author::default() });
    }

    /// `CN`: a group.
    pub(super) fn group(&mut self, name: String) {
        self.push(Author { last_name: name, collective: true, ..Author::default() });
        self.short_follows = false;
    }

    fn push(&mut self, mut author: Author) {
        author.affiliations.append(&mut self.places);
        if !author.last_name.is_empty() {
            self.list.push(author);
        }
    }

    /// `AD`: where the person before works; before the first name, where the first one does.
    pub(super) fn place(&mut self, value: String) {
        match self.list.last_mut() {
            Some(author) => author.affiliations.push(value),
            None => self.places.push(value),
        }
    }

    /// `AUID`: `ORCID: 0000-…`.
    pub(super) fn identifier(&mut self, value: &str) {
        let (source, id) = value.split_once(':').unwrap_or(("", value));
        if let Some(author) = self.list.last_mut() {
            author.identifiers.push((source.trim().to_owned(), id.trim().to_owned()));
        }
    }

    pub(super) fn finish(self) -> Vec<Author> {
        self.list
    }
}

/// Initials and suffix from the short form of a name: `Example AB Jr` of `Example, Ann B Jr`.
fn complete(author: &mut Author, short: &str) {
    let Some(rest) = short.strip_prefix(author.last_name.as_str()).map(str::trim) else { return };
    let (initials, suffix) = rest.split_once(' ').map_or((rest, None), |(initials, suffix)| (initials, Some(suffix)));
    author.initials = Some(initials.to_owned()).filter(|initials| !initials.is_empty());
    if let Some(suffix) = suffix {
        author.suffix = Some(suffix.to_owned());
        if let Some(given) = author.fore_name.as_deref().and_then(|given| given.strip_suffix(suffix)) {
            author.fore_name = Some(given.trim_end().to_owned()).filter(|given| !given.is_empty());
        }
    }
}
