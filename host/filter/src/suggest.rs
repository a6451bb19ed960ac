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
    let misspelt: String = misspelt.chars().take(64).collect();
    let misspelt = misspelt.to_ascii_lowercase();
    known
        .into_iter()
        .map(|word| (similarity(&misspelt, &word.to_ascii_lowercase()), word))
        .filter(|(similarity, _)| *similarity >= SIMILAR)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, word)| word)
}

/// Of the whole names, or, a little less, of what follows the last dot of the known one.
fn similarity(misspelt: &str, known: &str) -> f64 {
    let whole = of_words(misspelt, known);
    match known.rsplit_once('.') {
        Some((_, last)) => whole.max(0.98 * of_words(misspelt, last)),
        None => whole,
    }
}

/// Words of which one is less than half as long as the other are not compared.
fn of_words(a: &str, b: &str) -> f64 {
    if a.len().min(b.len()) * 2 < a.len().max(b.len()) {
        return 0.0;
    }
    strsim::jaro_winkler(a, b)
}
