//! "did you mean": the known word that is most like a misspelt one.

/// Similarity from which a word is offered.
const SIMILAR: f64 = 0.8;

/// A sentence that offers the known word most like `misspelt`.
pub(crate) fn did_you_mean<'n>(
    misspelt: &str,
    known: impl IntoIterator<Item = &'n str>,
) -> Option<String> {
    most_similar(misspelt, known).map(|word| format!("did you mean `{word}`?"))
}

fn most_similar<'n>(misspelt: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    // Longer names are no misspelling of a field, and would make the comparison slow.
    let misspelt: String = misspelt.chars().take(64).collect::<String>().to_lowercase();
    known
        .into_iter()
        .map(|word| (similarity(&misspelt, &word.to_lowercase()), word))
        .filter(|(similarity, _)| *similarity >= SIMILAR)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, word)| word)
}

/// Of the whole names, or, a little less, of what follows the last dot of the known one.
fn similarity(misspelt: &str, known: &str) -> f64 {
    let whole = strsim::jaro_winkler(misspelt, known)
        .max(strsim::normalized_damerau_levenshtein(misspelt, known));
    match known.rsplit_once('.') {
        Some((_, last)) => whole.max(0.98 * strsim::jaro_winkler(misspelt, last)),
        None => whole,
    }
}
