//! The conversation.

use std::io::{self, Read, Write};

use litmine::embed::protocol::{self, Hello, Kind};

use crate::model::Model;

/// Greets, then answers until the input ends.
pub(crate) fn serve(model: &Model, input: &mut impl Read, output: &mut impl Write) -> io::Result<()> {
    let hello = Hello { version: protocol::VERSION, model: model.name().to_owned(), dimension: model.dimension() };
    protocol::write(output, Kind::Hello, &serde_json::to_vec(&hello)?)?;
    while let Some(frame) = protocol::read(input)? {
        let answer = match frame.kind {
            Kind::Embed => embed(model, &frame.body),
            other => Err(format!("{other:?} is no request that this encoder knows")),
        };
        match answer {
            Ok(rows) => protocol::write(output, Kind::Vectors, &protocol::pack(&rows))?,
            Err(reason) => protocol::write(output, Kind::Refusal, reason.as_bytes())?,
        }
    }
    Ok(())
}

fn embed(model: &Model, body: &[u8]) -> Result<Vec<Vec<f32>>, String> {
    let texts: Vec<String> = serde_json::from_slice(body).map_err(|error| format!("not a list of texts: {error}"))?;
    model.embed(&texts).map_err(|error| error.to_string())
}
