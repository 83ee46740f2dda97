//! Annotated text: the form in which people write gold.
//!
//! In: one line. Out: its document, with the marks taken out and their places kept.

use super::gold::{GoldDocument, GoldMention, GoldType};
use crate::span::Span;

/// Reads a line: a document, or none for a comment or a heading, which sets `class`. Else what is
/// wrong with the line.
pub(super) fn line(line: &str, class: &mut String) -> Result<Option<GoldDocument>, String> {
    if line.starts_with('#') {
        return Ok(None);
    }
    if let Some(heading) = line.strip_prefix('%') {
        let words: Vec<&str> = heading.split_whitespace().collect();
        let ["class", name] = words.as_slice() else {
            return Err("no heading; write `% class NAME`, the name one word".into());
        };
        *class = (*name).to_owned();
        return Ok(None);
    }
    let mut document = GoldDocument { class: class.clone(), ..GoldDocument::default() };
    let mut rest = line;
    while let Some(at) = rest.find(['[', ']']) {
        let (before, marked) = rest.split_at(at);
        document.text.push_str(before);
        let Some((surface, id, after)) = mark(marked) else {
            let column = line.len() - marked.len();
            let column = line.get(..column).unwrap_or_default().chars().count() + 1;
            return Err(format!(
                "column {column}: a bracket that marks no name; write `[name](id)`, or `[name]()` \
                 without known id"
            ));
        };
        let start = document.text.len();
        document.text.push_str(surface);
        let span = Span::new(start, document.text.len());
        let mut mention = GoldMention::new(span, GoldType::PlaceOrGroup);
        mention.ids.extend(Some(id).filter(|id| !id.is_empty()).map(str::to_owned));
        document.mentions.push(mention);
        rest = after;
    }
    document.text.push_str(rest);
    Ok(Some(document))
}

/// Surface, id and what follows, if `text` begins with a mark.
fn mark(text: &str) -> Option<(&str, &str, &str)> {
    let (surface, rest) = text.strip_prefix('[')?.split_once(']')?;
    let (id, rest) = rest.strip_prefix('(')?.split_once(')')?;
    let good = !surface.contains('[')
        && !surface.is_empty()
        && surface.trim() == surface
        && !id.contains(|char: char| char == '(' || char.is_whitespace());
    good.then_some((surface, id, rest))
}

#[cfg(test)]
mod tests {
    use crate::eval::gold::{GoldForm, GoldType, read};

    #[test]
    fn marks_are_taken_out_and_headings_hold_for_the_lines_below() {
        let text = "# [no](text)\nÀ [Nîmes](nimes), [Nîmes](wikidata:Q42807)\n\n% class homonym\n\
                    [Qorvia]()\r\nNothing (here)\n%  class  person \nx\n";
        let documents = read(text.as_bytes(), "train/fr.txt", GoldForm::Annotated).unwrap();
        let shown: Vec<_> = documents
            .iter()
            .map(|document| {
                let mentions = document.mentions.iter();
                let mentions = mentions
                    .map(|mention| (document.surface(mention.span), mention.ids.join(" ")))
                    .collect::<Vec<_>>();
                assert_eq!(document.lang, "fr");
                (document.id.as_str(), document.class.as_str(), document.text.as_str(), mentions)
            })
            .collect();
        let nimes = vec![("Nîmes", "nimes".to_owned()), ("Nîmes", "wikidata:Q42807".to_owned())];
        assert_eq!(
            shown,
            [
                ("fr:2", "", "À Nîmes, Nîmes", nimes),
                ("fr:5", "homonym", "Qorvia", vec![("Qorvia", String::new())]),
                ("fr:6", "homonym", "Nothing (here)", vec![]),
                ("fr:8", "person", "x", vec![]),
            ]
        );
        assert_eq!(documents[1].mentions[0].type_, GoldType::PlaceOrGroup);
    }

    #[test]
    fn stray_brackets_are_named_by_line_and_column() {
        for (bad, column) in [
            ("à [Nice", 3),
            ("[Nice]", 1),
            ("[Nice](nice", 1),
            ("[a](b) Nice]", 12),
            ("[[Nice](nice)", 1),
            ("[ Nice](nice)", 1),
            ("[](nice)", 1),
            ("[Nice](ni ce)", 1),
        ] {
            let error = read(bad.as_bytes(), "fr.txt", GoldForm::Annotated).unwrap_err();
            assert!(error.to_string().contains(&format!("fr.txt:1: column {column}:")), "{error}");
        }
        for bad in ["% class", "% klass x", "%class a b", "% 5 percent"] {
            let error = read(bad.as_bytes(), "fr.txt", GoldForm::Annotated).unwrap_err();
            assert!(error.to_string().contains("% class NAME"), "{error}");
        }
    }
}
