//! Measures of rankings, as trec_eval computes them.

use std::collections::HashMap;

/// Judgements of one query: documents and their gains. A gain of 0 or less is a document judged not relevant.
pub type Judgements = HashMap<String, i64>;

/// Normalised discounted cumulative gain of the first `depth` documents: each gain divided by the binary logarithm of its rank
/// plus 1, over the same sum of the best order possible (Järvelin and Kekäläinen 2002, gains linear as in trec_eval).
pub fn ndcg<S: AsRef<str>>(ranked: &[S], judged: &Judgements, depth: usize) -> f64 {
    let discount = |rank: usize| 1.0 / ((rank + 2) as f64).log2();
    let gain = |id: &str| judged.get(id).copied().unwrap_or(0).max(0) as f64;
    let found: f64 = ranked.iter().take(depth).enumerate().map(|(rank, id)| gain(id.as_ref()) * discount(rank)).sum();
    let mut best: Vec<i64> = judged.values().copied().filter(|gain| *gain > 0).collect();
    best.sort_unstable_by(|a, b| b.cmp(a));
    let ideal: f64 = best.iter().take(depth).enumerate().map(|(rank, gain)| *gain as f64 * discount(rank)).sum();
    if ideal > 0.0 { found / ideal } else { 0.0 }
}

/// The share of the relevant documents that is among the first `depth`.
pub fn recall<S: AsRef<str>>(ranked: &[S], judged: &Judgements, depth: usize) -> f64 {
    let relevant = relevant(judged);
    let found = ranked.iter().take(depth).filter(|id| is_relevant(judged, id.as_ref())).count();
    if relevant > 0 { found as f64 / relevant as f64 } else { 0.0 }
}

/// The precision at each relevant document, averaged over all relevant ones; one that is not found counts 0.
pub fn average_precision<S: AsRef<str>>(ranked: &[S], judged: &Judgements) -> f64 {
    let relevant = relevant(judged);
    let mut found = 0;
    let mut sum = 0.0;
    for (rank, id) in ranked.iter().enumerate() {
        if is_relevant(judged, id.as_ref()) {
            found += 1;
            sum += f64::from(found) / (rank + 1) as f64;
        }
    }
    if relevant > 0 { sum / relevant as f64 } else { 0.0 }
}

fn is_relevant(judged: &Judgements, id: &str) -> bool {
    judged.get(id).is_some_and(|gain| *gain > 0)
}

/// How many documents are relevant.
pub fn relevant(judged: &Judgements) -> usize {
    judged.values().filter(|gain| **gain > 0).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(gains: &[(&str, i64)]) -> Judgements {
        gains.iter().map(|(id, gain)| ((*id).to_owned(), *gain)).collect()
    }

    #[test]
    fn measures_by_hand() {
        let judged = judged(&[("a", 2), ("b", 1), ("c", 0), ("d", 1)]);
        let ranked = ["c", "b", "x", "a"];
        // Gains 0, 1, 0, 2 against the best order 2, 1, 1.
        let found = 1.0 / 3_f64.log2() + 2.0 / 5_f64.log2();
        let ideal = 2.0 + 1.0 / 3_f64.log2() + 1.0 / 2.0;
        assert!((ndcg(&ranked, &judged, 10) - found / ideal).abs() < 1e-12);
        assert!((ndcg(&ranked, &judged, 1) - 0.0).abs() < 1e-12);
        assert!((recall(&ranked, &judged, 3) - 1.0 / 3.0).abs() < 1e-12);
        assert!((average_precision(&ranked, &judged) - (1.0 / 2.0 + 2.0 / 4.0) / 3.0).abs() < 1e-12);
    }

    #[test]
    fn the_best_order_is_1_and_nothing_relevant_is_0() {
        let judged = judged(&[("a", 3), ("b", 1)]);
        assert!((ndcg(&["a", "b", "c"], &judged, 10) - 1.0).abs() < 1e-12);
        assert!((average_precision(&["a", "b", "c"], &judged) - 1.0).abs() < 1e-12);
        let none = Judgements::new();
        assert_eq!(
            (ndcg(&["a"], &none, 10), recall(&["a"], &none, 10), average_precision(&["a"], &none)),
            (0.0, 0.0, 0.0)
        );
    }
}
