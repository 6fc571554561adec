//! `--format json`: one object with `"schema": 1`. Fields may be added; none changes its meaning within a schema.

mod map;

use serde_json::{Value, json};

use crate::lookup::accuracy::{PooledAccuracy, RULE as ACCURACY_RULE, TestAccuracy};
use crate::lookup::pooling::RULE;
use crate::lookup::{
    Answer, Change, Changes, CitedDocument, Coverage, FindingEntry, FlagEntry, Gaps, HarmEntry, Harms, Judged,
    Judgement, LinkEntry, NewPhrase, Occurrence, OutcomeWords, PatientSummary, Pooling, Radar, RegisteredEntry,
    Related, Relations, StudyEntry, Summary, Tally, Term, Told, Understood,
};
use crate::model::{ConceptId, Document, Span, TextIndex};
use crate::report::annotation::{annotation_json, effect};
use crate::report::{
    Canvas, ConceptPage, CorpusPage, DigestPage, DocumentPage, EntrancePage, HitPage, ImpactPage, MapPage, RefusalPage,
    Renderer,
};

/// JSON for programs.
pub(super) struct Json;

impl Renderer for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn answer(&self, answer: &Answer, _canvas: Canvas) -> Option<String> {
        Some(print(&json!({
            "schema": 1,
            "question": understood(&answer.understood),
            "summary": summary(&answer.summary),
            "relation": answer.relations.as_ref().map(|relations| {
                let mut shown = relation(relations);
                shown["mentioned"] = json!(answer.mentioned);
                shown
            }),
            "pool": answer.pool.as_ref().map(pool),
            "patient": answer.patient.as_ref().map(patient),
            "accuracy": answer.accuracy.as_ref().map(accuracy),
            "harms": answer.harms.as_ref().map(harms),
            "gaps": answer.gaps.as_ref().map(gaps),
            "studies": answer.studies.iter().map(study).collect::<Vec<_>>(),
            "registered": {
                "trials": answer.registered.trials,
                "listed": answer.registered.listed.iter().map(registered).collect::<Vec<_>>(),
            },
            "coverage": coverage(&answer.coverage),
        })))
    }

    fn map(&self, page: &MapPage, _canvas: Canvas) -> Option<String> {
        Some(print(&map::map(page)))
    }

    fn digest(&self, page: &DigestPage, _canvas: Canvas) -> Option<String> {
        let question = |name: &str, found: &Changes| {
            json!({
                "name": name,
                "question": understood(&found.understood),
                "mined_otherwise": found.mined_otherwise,
                "changes": found.changes.iter().map(change).collect::<Vec<_>>(),
                "before": summary(&found.before),
                "now": summary(&found.now),
                "registered": {"before": found.registered.0, "now": found.registered.1},
                "pool": found.pool.as_ref().map(|(before, now)| json!({"before": pool(before), "now": pool(now)})),
            })
        };
        Some(print(&json!({
            "schema": 1,
            "corpus": page.corpus,
            "since": page.since,
            "until": page.until,
            "changed": !page.is_nothing(),
            "questions": page.questions.iter().map(|one| question(&one.name, &one.changes)).collect::<Vec<_>>(),
            "coverage": coverage(&page.coverage),
        })))
    }

    fn impact(&self, page: &ImpactPage, _canvas: Canvas) -> Option<String> {
        Some(print(&json!({
            "schema": 1,
            "documents": page.documents.iter()
                .map(|(corpus, cited)| json!({"corpus": corpus, "document": document(cited)}))
                .collect::<Vec<_>>(),
            "findings": page.findings,
            "watched": page.watched,
            "questions": page.lines.iter().map(|line| json!({
                "corpus": line.corpus,
                "name": line.name,
                "findings": line.findings,
                "counted": line.counted,
                "before": summary(&line.before),
                "after": summary(&line.after),
                "pool": line.pool.as_ref().map(|(before, after)| json!({"before": pool(before), "after": pool(after)})),
            })).collect::<Vec<_>>(),
            "digests": page.digests,
            "exports": page.exports.iter().map(|one| json!({
                "corpus": one.corpus, "at": one.at, "path": one.path, "is_there": one.is_there, "documents": one.documents,
            })).collect::<Vec<_>>(),
        })))
    }

    fn radar(&self, radar: &Radar, _canvas: Canvas) -> Option<String> {
        let phrase = |phrase: &NewPhrase| {
            json!({
                "phrase": phrase.phrase,
                "type": phrase.kind,
                "told_by": phrase.told_by,
                "papers": phrase.papers,
                "months": phrase.months.iter().map(|(month, papers)| json!({"month": month, "papers": papers})).collect::<Vec<_>>(),
                "undated": phrase.undated,
                "last_twelve_months": phrase.last_twelve_months,
                "examples": phrase.examples,
            })
        };
        Some(print(&json!({
            "schema": 1,
            "documents": radar.papers,
            "least": radar.request.least,
            "newest_month": radar.newest_month,
            "phrases": radar.phrases.iter().map(phrase).collect::<Vec<_>>(),
            "coverage": coverage(&radar.coverage),
        })))
    }

    fn hits(&self, page: &HitPage, _canvas: Canvas) -> Option<String> {
        let hits: Vec<Value> = page
            .hits
            .iter()
            .enumerate()
            .map(|(n, hit)| {
                let mut line =
                    json!({"rank": page.offset + n + 1, "score": hit.score, "document": document(&hit.document)});
                if let Some(quote) = &hit.quote {
                    line["quote"] = json!(quote);
                }
                line
            })
            .collect();
        let details = &page.details;
        let mut out = json!({
            "schema": 1,
            "query": page.query,
            "unit": page.unit,
            "mode": page.mode,
            "sort": page.sort,
            "total": page.total,
            "offset": page.offset,
            "notes": page.notes,
            "hits": hits,
            "coverage": coverage(&page.coverage),
        });
        for (name, value) in [
            ("strategy", (!details.strategy.is_empty()).then(|| json!(details.strategy))),
            ("loosened", (!details.loosened.is_empty()).then(|| json!(details.loosened))),
            ("explanation", details.explanation.as_ref().map(|explanation| json!(explanation))),
            ("facets", (!details.facets.is_empty()).then(|| json!(details.facets))),
        ] {
            if let Some(value) = value {
                out[name] = value;
            }
        }
        Some(print(&out))
    }

    fn status(&self, pages: &[CorpusPage], _canvas: Canvas) -> Option<String> {
        let numbers = |pairs: &[(&'static str, u64)]| -> Value {
            pairs.iter().map(|(label, n)| (label.replace(' ', "_"), json!(n))).collect::<serde_json::Map<_, _>>().into()
        };
        let corpora: Vec<Value> = pages
            .iter()
            .map(|page| {
                json!({
                    "corpus": page.name,
                    "title": page.title,
                    "totals": numbers(&page.totals),
                    "last_run": page.last_run.iter()
                        .map(|(source, counts)| json!({"source": source, "counts": numbers(counts)}))
                        .collect::<Vec<_>>(),
                    "vocabularies": page.vocabularies,
                    "encoder": page.encoder,
                    "index": page.index,
                    "coverage": coverage(&page.coverage),
                    "rejected": page.rejected.iter()
                        .map(|(place, reason)| json!({"place": place, "reason": reason}))
                        .collect::<Vec<_>>(),
                })
            })
            .collect();
        Some(print(&json!({"schema": 1, "corpora": corpora})))
    }

    fn document(&self, page: &DocumentPage, _canvas: Canvas) -> Option<String> {
        Some(print(&json!({
            "schema": 1,
            "document": document(&page.citation),
            "annotation": annotation_json(&page.document, &page.annotation),
            "names": page.names,
            "told": page.told.as_ref().map(|told| self::told(told, &page.document)),
        })))
    }

    fn entrance(&self, page: &EntrancePage, _canvas: Canvas) -> Option<String> {
        let corpora = page.corpora.iter().map(|(name, title)| json!({"corpus": name, "title": title}));
        Some(print(&json!({"schema": 1, "corpora": corpora.collect::<Vec<_>>()})))
    }

    fn refusal(&self, page: &RefusalPage, _canvas: Canvas) -> Option<String> {
        Some(print(&json!({"schema": 1, "error": {"message": page.message, "hint": page.hint}})))
    }

    fn concepts(&self, pages: &[ConceptPage], _canvas: Canvas) -> Option<String> {
        let kin = |pairs: &[(ConceptId, String)]| {
            pairs.iter().map(|(id, name)| json!({"id": id, "name": name})).collect::<Vec<_>>()
        };
        let concepts: Vec<Value> = pages
            .iter()
            .map(|page| {
                json!({
                    "id": page.concept.id,
                    "name": page.concept.name,
                    "type": page.concept.concept_type,
                    "synonyms": page.concept.synonyms,
                    "tree_numbers": page.concept.tree_numbers,
                    "vocabulary": page.concept.vocabulary,
                    "broader": kin(&page.broader),
                    "narrower": kin(&page.narrower),
                    "corpus": page.corpus.as_ref().map(|(corpus, occurrence, read)| of_corpus(corpus, occurrence, read)),
                })
            })
            .collect();
        Some(print(&json!({"schema": 1, "concepts": concepts})))
    }
}

fn of_corpus(corpus: &str, occurrence: &Occurrence, read: &Coverage) -> Value {
    let related = |one: &Related| json!({"id": one.id, "name": one.name, "relation": relation(&one.counts)});
    json!({
        "name": corpus,
        "studies": occurrence.studies,
        "documents": occurrence.documents,
        "looked_at": occurrence.looked_at,
        "relations": occurrence.relations.iter().map(related).collect::<Vec<_>>(),
        "coverage": coverage(read),
    })
}

fn print(value: &Value) -> String {
    format!("{value:#}\n")
}

fn understood(understood: &Understood) -> Value {
    let words =
        |words: &Option<OutcomeWords>| words.as_ref().map(|words| json!({"asked": words.asked, "words": words.groups}));
    let term = |asked: &Option<Term>| asked.as_ref().map(term);
    json!({
        "condition": term(&understood.condition),
        "treatment": term(&understood.treatment),
        "outcome": words(&understood.outcome),
        "comparator": understood.comparator.as_ref().map(|comparator| json!({
            "asked": comparator.asked,
            "concept": comparator.concept.as_ref().map(|(id, _)| id),
            "name": comparator.concept.as_ref().map(|(_, name)| name),
            "words": comparator.words.groups,
        })),
        "test": words(&understood.test),
        "in_words": understood.in_words,
        "kind": understood.kind,
        "direction": understood.direction,
        "unused": understood.unused,
        "by_words": understood.by_words,
        "loosened": understood.loosened,
        "filters": understood.filters,
    })
}

fn term(term: &Term) -> Value {
    let named = |pairs: &[(ConceptId, String)]| {
        pairs.iter().map(|(id, name)| json!({"concept": id, "name": name})).collect::<Vec<_>>()
    };
    json!({
        "asked": term.asked,
        "concept": term.concept,
        "name": term.name,
        "narrower": term.answers.iter().skip(1).collect::<Vec<_>>(),
        "alternatives": named(&term.alternatives),
        "together": named(&term.together),
        "apart": named(&term.apart),
    })
}

fn summary(summary: &Summary) -> Value {
    json!({
        "studies": summary.studies,
        "documents": summary.documents,
        "participants": {"sum": summary.participants, "studies": summary.studies_with_participants},
        "by_design": summary.by_design.iter()
            .map(|(design, count)| json!({"design": design, "studies": count}))
            .collect::<Vec<_>>(),
        "votes": {
            "one_outcome": summary.one_outcome,
            "decreased": summary.votes.decreased,
            "increased": summary.votes.increased,
            "no_difference": summary.votes.no_difference,
            "mixed": summary.votes.mixed,
            "not_stated": summary.votes.not_stated,
            "conflict": summary.one_outcome && summary.votes.is_conflict(),
        },
        "retracted_not_counted": summary.retracted,
    })
}

fn relation(relations: &Relations) -> Value {
    json!({
        "told": relations.relation(),
        "basis": relations.told().map(|(_, basis)| basis),
        "findings": relations.findings,
        "studies": {
            "treats": relations.treats,
            "prevents": relations.prevents,
            "no_effect": relations.no_effect,
            "harms": relations.harms,
            "diagnoses": relations.diagnoses,
            "mixed": relations.mixed,
            "not_stated": relations.not_stated,
            "used_to_treat": relations.used_to_treat,
            "used_to_prevent": relations.used_to_prevent,
        },
    })
}

fn accuracy(accuracy: &TestAccuracy) -> Value {
    let pooled = match &accuracy.pooled {
        PooledAccuracy::Refused { reason } => json!({"refused": reason}),
        PooledAccuracy::Done { summary, inputs } => json!({
            "computed_from": "automatically extracted counts; check each quote",
            "rule": ACCURACY_RULE,
            "summary": summary,
            "inputs": inputs,
        }),
    };
    json!({"entries": accuracy.entries, "pooled": pooled})
}

fn votes(votes: Tally) -> Value {
    json!({
        "decreased": votes.decreased,
        "increased": votes.increased,
        "no_difference": votes.no_difference,
        "mixed": votes.mixed,
        "not_stated": votes.not_stated,
    })
}

fn harms(harms: &Harms) -> Value {
    let entry = |entry: &HarmEntry| {
        json!({
            "harm": entry.harm,
            "studies": entry.studies,
            "votes": votes(entry.votes),
            "example": entry.example.as_ref().map(finding),
        })
    };
    json!({
        "studies": harms.studies,
        "reporting": harms.reporting,
        "listed": harms.listed.iter().map(entry).collect::<Vec<_>>(),
        "more": harms.more,
    })
}

fn gaps(gaps: &Gaps) -> Value {
    json!({
        "studies": gaps.studies,
        "other_studies": gaps.others,
        "outcomes": gaps.outcomes.iter().map(|(name, n)| json!({"outcome": name, "other_studies": n})).collect::<Vec<_>>(),
        "comorbidities": gaps.comorbidities.iter()
            .map(|(id, name, n)| json!({"concept": id, "name": name, "other_studies": n}))
            .collect::<Vec<_>>(),
        "groups": gaps.groups,
        "means": "not read in any of the studies; no statement on an effect",
    })
}

fn pool(pooling: &Pooling) -> Value {
    match pooling {
        Pooling::Refused { reasons, left_out } => json!({"refused": reasons, "left_out": left_out}),
        Pooling::Done(effect) => json!({
            "computed_from": "automatically extracted numbers; check each quote",
            "rule": RULE,
            "effect": effect,
        }),
    }
}

fn change(change: &Change) -> Value {
    json!({
        "kind": change.kind,
        "document": document(&change.document),
        "vote_before": change.vote_before,
        "vote_now": change.vote_now,
        "findings_new": change.findings_new.iter().map(finding).collect::<Vec<_>>(),
        "findings_gone": change.findings_gone.iter().map(finding).collect::<Vec<_>>(),
        "trial": change.trial,
    })
}

fn study(study: &StudyEntry) -> Value {
    json!({
        "documents": study.documents.iter().map(document).collect::<Vec<_>>(),
        "grouped_by": study.grouped_by,
        "vote": study.vote,
        "judged": study.judged.as_ref().map(judged),
        "retracted": study.retracted,
        "relevance": study.relevance(),
        "fit": study.fit,
        "findings": study.findings.iter().map(finding).collect::<Vec<_>>(),
    })
}

fn judged(judged: &Judged) -> Value {
    json!({
        "document": judged.document,
        "direction": judged.direction,
        "likely": (f64::from(judged.likely) * 100.0).round() / 100.0,
        "findings_vote": judged.findings_vote,
        "quotes": judged.quotes,
    })
}

fn patient(summary: &PatientSummary) -> Value {
    let counts = summary.studies.iter().map(|(verdict, n)| json!({"verdict": verdict, "studies": n}));
    json!({
        "facts": summary.patient.facts,
        "not_read": summary.patient.unread,
        "fit": counts.collect::<Vec<_>>(),
        "listed": summary.filter,
    })
}

fn document(document: &CitedDocument) -> Value {
    let flag = |flag: &FlagEntry| json!({"flag": flag.kind, "said_by": flag.said_by, "source": flag.source, "notice": flag.notice});
    json!({
        "id": document.id,
        "doi": document.doi,
        "title": document.title,
        "authors": document.authors,
        "journal": document.journal,
        "year": document.year,
        "design": document.design,
        "design_reason": document.design_reason,
        "level": document.level,
        "sample_size": document.sample_size,
        "registrations": document.registrations,
        "flags": document.flags.iter().map(flag).collect::<Vec<_>>(),
        "origin": document.origin,
        "stored_at": document.stored_at,
    })
}

fn told(told: &Told, document: &Document) -> Value {
    let text = document.text();
    let index = TextIndex::new(&text);
    let round = |likely: f32| (f64::from(likely) * 100.0).round() / 100.0;
    let likely = |judgement: &Judgement| {
        json!({
            "increased": round(judgement.increased),
            "decreased": round(judgement.decreased),
            "no-difference": round(judgement.no_difference),
        })
    };
    let quote = |span: &Span| json!({"start": span.start, "end": span.end, "text": index.slice(*span)});
    json!({
        "outcome": told.outcome,
        "treatment": told.treatment,
        "comparator": told.comparator,
        "direction": told.direction,
        "likely": told.judgement.as_ref().map(likely),
        "evidence": told.evidence.iter().map(quote).collect::<Vec<_>>(),
    })
}

fn finding(finding: &FindingEntry) -> Value {
    let span = |span: &Span| json!({"start": span.start, "end": span.end});
    let link = |link: &Option<LinkEntry>| {
        link.as_ref().map(|link| {
            json!({
                "concept": link.concept,
                "name": link.name,
                "confidence": link.confidence,
                "reasons": link.reasons,
                "cosine": link.cosine,
            })
        })
    };
    json!({
        "document": finding.document,
        "section": finding.section,
        "place": finding.place,
        "start": finding.span.start,
        "end": finding.span.end,
        "quote": finding.quote,
        "marks": finding.marks.iter().map(span).collect::<Vec<_>>(),
        "role": finding.role,
        "direction": finding.direction,
        "favours": finding.favours,
        "significant": finding.significant,
        "primary": finding.primary,
        "outcome": finding.outcome,
        "comparator": finding.comparator,
        "effects": finding.effects.iter().map(effect).collect::<Vec<_>>(),
        "numbers": finding.numbers,
        "condition": link(&finding.condition),
        "treatment": link(&finding.treatment),
        "as_comparator": finding.as_comparator,
        "relevance": finding.relevance,
        "by_words": finding.by_words,
        "repeats": finding.repeats.iter().map(|repeat| json!({
            "document": repeat.document, "section": repeat.section, "start": repeat.span.start, "end": repeat.span.end,
        })).collect::<Vec<_>>(),
    })
}

fn registered(entry: &RegisteredEntry) -> Value {
    json!({
        "document": document(&entry.document),
        "status": entry.status,
        "posted": entry.posted.map(|date| date.to_string()),
        "relevance": entry.relevance,
        "fit": entry.fit,
    })
}

fn coverage(coverage: &Coverage) -> Value {
    json!({
        "complete": coverage.complete,
        "as_of": coverage.as_of,
        "documents": coverage.documents,
        "waiting": coverage.waiting,
        "rejected": coverage.rejected,
        "sources": coverage.sources.iter().map(|source| json!({
            "source": source.source,
            "state": source.state,
            "complete_at": source.complete_at,
            "newest_record": source.newest_record,
            "problems": source.problems,
        })).collect::<Vec<_>>(),
    })
}
