//! Articles from PubMed Central's open-access files: a list of versions, a record and a text for each.

use md5::{Digest, Md5};
use serde::Deserialize;

use super::article::Article;
use crate::harvest::{HarvestError, Service};
use crate::xml::{Cursor, XmlError};

/// How often an answer that is not as it should be is asked for again.
const ATTEMPTS: u32 = 4;
/// The largest article that is taken.
const LARGEST: u64 = 128 << 20;
/// Pages of a list of versions before the server is taken to go in circles.
const PAGES: u32 = 20;

/// A record, as far as a harvest looks into it.
#[derive(Deserialize)]
struct Record {
    pmcid: String,
    is_pmc_openaccess: bool,
    #[serde(default)]
    is_manuscript: bool,
    xml_url: Option<String>,
}

/// Fetches the newest version of an article; its text only if it is not of the state that is held. `manuscripts`: also those that
/// authors deposited, which may be mined and not handed on.
pub(super) fn article(
    service: &Service,
    id: &str,
    held: Option<&str>,
    manuscripts: bool,
) -> Result<Article, HarvestError> {
    let Some(version) = newest(service, id)? else { return Ok(Article::Absent) };
    let (metadata, record) = record(service, id, version)?;
    let may_be_read = record.is_pmc_openaccess || manuscripts && record.is_manuscript;
    if !may_be_read {
        let manuscript = record.is_manuscript.then_some(" (an author's manuscript; manuscripts = true reads those)");
        return Ok(Article::Closed(manuscript.unwrap_or_default().to_owned()));
    }
    let Some(address) = &record.xml_url else { return Ok(Article::Closed(" as XML".to_owned())) };
    let Some(digest) = digest_in(address) else {
        return Err(HarvestError::Remote("its record gives no MD5 of the text".to_owned()));
    };
    let state = format!("{version} {digest}");
    let text = if held == Some(state.as_str()) { None } else { Some(text(service, id, version, &digest)?) };
    Ok(Article::Open { metadata: Some(metadata), text, state })
}

/// The highest version of an article; none where there is none.
fn newest(service: &Service, id: &str) -> Result<Option<u32>, HarvestError> {
    let prefix = format!("metadata/{id}.");
    let (mut newest, mut token): (Option<u32>, Option<String>) = (None, None);
    for _ in 0..PAGES {
        let page = listing(service, &prefix, token.as_deref())?;
        let versions = page.keys.iter().filter_map(|key| {
            // Nothing else of a list is ever used as a name.
            key.strip_prefix(prefix.as_str())?.strip_suffix(".json")?.parse::<u32>().ok()
        });
        newest = newest.max(versions.max());
        match page.next {
            None => return Ok(newest),
            Some(next) => token = Some(next),
        }
    }
    Err(HarvestError::Remote(format!("the list of its versions does not end after {PAGES} pages")))
}

/// A page of a list of files.
#[derive(Debug, Default, PartialEq, Eq)]
struct Listing {
    keys: Vec<String>,
    /// What the next page is asked for by.
    next: Option<String>,
}

fn listing(service: &Service, prefix: &str, token: Option<&str>) -> Result<Listing, HarvestError> {
    let mut fields = vec![("list-type", "2"), ("prefix", prefix)];
    fields.extend(token.map(|token| ("continuation-token", token)));
    let request = service.get("", &fields)?.at_most(8 << 20);
    let mut said = String::new();
    for _ in 0..ATTEMPTS {
        let bytes = service.network().fetch(&request)?.bytes;
        match read_listing(&bytes) {
            Ok(listing) if listing.next.is_some() && listing.next.as_deref() == token => {
                said = "the page names itself as the next one".to_owned();
            }
            Ok(listing) => return Ok(listing),
            Err(reason) => said = format!("not a list of files: {reason}"),
        }
    }
    Err(HarvestError::Remote(format!("{prefix}: {said}")))
}

fn read_listing(bytes: &[u8]) -> Result<Listing, String> {
    let read = || -> Result<Option<Listing>, XmlError> {
        let mut cursor = Cursor::new(bytes, 0)?;
        let root = cursor.root()?;
        if root.local_name() != "ListBucketResult" {
            return Ok(None);
        }
        let (mut listing, mut truncated) = (Listing::default(), false);
        while let Some(part) = cursor.child(&root)? {
            match part.local_name() {
                "IsTruncated" => truncated = cursor.text(&part)?.trim() == "true",
                "NextContinuationToken" => listing.next = Some(cursor.text(&part)?.trim().to_owned()),
                "Contents" => {
                    while let Some(field) = cursor.child(&part)? {
                        if field.local_name() == "Key" {
                            listing.keys.push(cursor.text(&field)?.trim().to_owned());
                        }
                    }
                }
                _ => {}
            }
        }
        cursor.finish()?;
        listing.next = listing.next.filter(|next| truncated && !next.is_empty());
        Ok(Some(listing))
    };
    read().map_err(|error| error.to_string())?.ok_or_else(|| "another document".to_owned())
}

fn record(service: &Service, id: &str, version: u32) -> Result<(Vec<u8>, Record), HarvestError> {
    let path = format!("metadata/{id}.{version}.json");
    let request = service.get(&path, &[])?.at_most(4 << 20);
    let mut said = String::new();
    for _ in 0..ATTEMPTS {
        let bytes = service.network().fetch(&request)?.bytes;
        match serde_json::from_slice::<Record>(&bytes) {
            Ok(record) if record.pmcid == id => return Ok((bytes, record)),
            Ok(record) => said = format!("it is the record of {}", record.pmcid),
            Err(error) => said = format!("not a record of an article: {error}"),
        }
    }
    Err(HarvestError::Remote(format!("{path}: {said}")))
}

/// The MD5 that an address carries (`…xml?md5=hex`), lower case.
fn digest_in(address: &str) -> Option<String> {
    let (_, query) = address.split_once('?')?;
    let digest = query.split('&').find_map(|field| field.strip_prefix("md5="))?.to_ascii_lowercase();
    (digest.len() == 32 && digest.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(digest)
}

fn text(service: &Service, id: &str, version: u32, digest: &str) -> Result<Vec<u8>, HarvestError> {
    let path = format!("{id}.{version}/{id}.{version}.xml");
    let request = service.get(&path, &[])?.at_most(LARGEST);
    let mut said = String::new();
    for _ in 0..ATTEMPTS {
        let bytes = service.network().fetch(&request)?.bytes;
        let found: String = Md5::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        if found == digest {
            return Ok(bytes);
        }
        said = format!("its MD5 is {found}, where {digest} was announced");
    }
    Err(HarvestError::Remote(format!("{path}: {said}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_gives_its_files_and_the_next_page_only_where_it_is_cut() {
        let page = |truncated: &str| {
            format!(
                "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"x\"><Name>n</Name><Contents><Key>metadata/PMC7.1.json</Key><Size>9</Size></Contents>\
                 <Contents><Key>metadata/PMC7.2.json</Key></Contents><IsTruncated>{truncated}</IsTruncated>\
                 <NextContinuationToken>a&amp;b</NextContinuationToken></ListBucketResult>"
            )
        };
        let found = read_listing(page("true").as_bytes()).unwrap();
        assert_eq!(found.keys, ["metadata/PMC7.1.json", "metadata/PMC7.2.json"]);
        assert_eq!(found.next.as_deref(), Some("a&b"));
        assert_eq!(read_listing(page("false").as_bytes()).unwrap().next, None);
        let whole = page("true");
        assert!(read_listing(&whole.as_bytes()[..whole.len() - 9]).is_err(), "cut short");
        assert!(read_listing(b"<Error><Code>SlowDown</Code></Error>").unwrap_err().contains("another"));
    }

    #[test]
    fn a_digest_is_taken_only_as_one() {
        let digest = "CA72ed62a792cc584d96f49666288a78";
        assert_eq!(digest_in(&format!("s3://b/x.xml?md5={digest}")).unwrap(), digest.to_lowercase());
        assert_eq!(digest_in("s3://b/x.xml"), None);
        assert_eq!(digest_in("s3://b/x.xml?md5=../../etc"), None);
    }
}
