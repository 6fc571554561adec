//! The conversation.

use std::collections::HashMap;
use std::io::{self, Read, Write};

use litmine::embed::protocol::{self, Hello, Kind};
use litmine::embed::{HeadRequest, head_digest};

use crate::head::Head;
use crate::model::Model;

/// Heads that one conversation may have at a time.
const HEADS: usize = 64;

/// Greets, then answers until the input ends. What `busy` gives is kept while a request is worked on.
pub(crate) fn serve<B>(
    model: &Model,
    input: &mut impl Read,
    output: &mut impl Write,
    busy: impl Fn() -> B,
) -> io::Result<()> {
    let hello = Hello { version: protocol::VERSION, model: model.name().to_owned(), dimension: model.dimension() };
    protocol::write(output, Kind::Hello, &serde_json::to_vec(&hello)?)?;
    let mut heads: HashMap<String, Head> = HashMap::new();
    while let Some(frame) = protocol::read(input)? {
        let _busy = busy();
        let answer = match frame.kind {
            Kind::Embed => embed(model, &frame.body).map(|body| (Kind::Vectors, body)),
            Kind::Head => take(model, &mut heads, &frame.body).map(|body| (Kind::Description, body)),
            Kind::Apply => apply(model, &heads, &frame.body).map(|body| (Kind::Scores, body)),
            other => Err(format!("{other:?} is no request that this encoder knows")),
        };
        match answer {
            Ok((kind, body)) => protocol::write(output, kind, &body)?,
            // libtorch adds a list of its own calls, which helps nobody here.
            Err(reason) => {
                let reason = reason.lines().next().unwrap_or_default();
                protocol::write(output, Kind::Refusal, reason.as_bytes())?;
            }
        }
    }
    Ok(())
}

fn embed(model: &Model, body: &[u8]) -> Result<Vec<u8>, String> {
    let texts: Vec<String> = serde_json::from_slice(body).map_err(|error| format!("not a list of texts: {error}"))?;
    let rows = model.embed(&texts).map_err(|error| error.to_string())?;
    Ok(protocol::pack(&rows))
}

fn take(model: &Model, heads: &mut HashMap<String, Head>, body: &[u8]) -> Result<Vec<u8>, String> {
    if heads.len() >= HEADS {
        return Err(format!("there are {HEADS} heads already"));
    }
    let head = Head::read(body, model).map_err(|error| format!("the head cannot be used: {error}"))?;
    let description = serde_json::to_vec(&head.description()).map_err(|error| error.to_string())?;
    heads.insert(head_digest(body), head);
    Ok(description)
}

fn apply(model: &Model, heads: &HashMap<String, Head>, body: &[u8]) -> Result<Vec<u8>, String> {
    let request: HeadRequest<String> =
        serde_json::from_slice(body).map_err(|error| format!("not a request: {error}"))?;
    let head = heads.get(&request.head).ok_or("this head was not given")?;
    let scores = head.apply(model, &request).map_err(|error| error.to_string())?;
    Ok(scores.pack())
}
