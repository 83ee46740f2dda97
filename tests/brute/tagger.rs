//! A tagger that tries every start and every end: [`Brute::find`] is all of it, the rest are rules.

use std::collections::HashMap;
use std::ops::Range;

use exonym::{Normalizer, Policy, Role};
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory as Gc, UnicodeGeneralCategory};
use unicode_script::{Script, UnicodeScript};

/// Names by key, and the rules.
#[derive(Default)]
pub struct Brute {
    names: HashMap<String, Vec<Listed>>,
    /// Bytes of the longest key.
    longest: usize,
}

/// Spans, each with the sorted ids that it may mean.
pub type Found = Vec<(Range<usize>, Vec<String>)>;

impl Brute {
    /// Lists a name.
    pub fn add(&mut self, id: &str, text: &str, role: Role, policy: Option<Policy>) {
        let (words, key) = (words(text), key(text));
        let any = |test: fn(char) -> bool| words.iter().any(|word| word.letters.contains(test));
        let letters = key.chars().filter(|char| char.is_alphabetic()).count();
        let initials = any(is_upper) && !any(is_lower) && letters <= 4;
        let default = if initials { Policy::UPPER } else { Policy::default() };
        self.longest = self.longest.max(key.len());
        let tagged = role != Role::Search && role != Role::Retract;
        let (id, text) = (id.into(), text.into());
        let listed = Listed { id, text, words, stated: policy, default, tagged };
        let names = self.names.entry(key).or_default();
        names.push(listed);
        names.sort_by(|one, other| one.text.cmp(&other.text));
    }

    /// The leftmost longest names of `text`, each with the ids it may mean.
    pub fn find(&self, text: &str) -> Found {
        let (mut words, mut found, mut first) = (words(text), Found::new(), 0);
        let lower_text = is_lower_text(&words);
        while first < words.len() {
            let surface = |end: usize| &text[words[first].span.start..words[end - 1].span.end];
            let ends = (first + 1..=words.len())
                .take_while(|&end| key(surface(end)).len() <= self.longest);
            let mention = ends
                .filter_map(|end| Some((end, self.mention(text, &words, first..end, lower_text)?)))
                .last();
            let parts = split(text, &words[first]);
            if mention.is_none() && parts.len() > 1 {
                words.splice(first..=first, parts);
                continue;
            }
            first = mention.as_ref().map_or(first + 1, |(end, _)| *end);
            found.extend(mention.map(|(_, mention)| mention));
        }
        found
    }

    fn mention(
        &self,
        text: &str,
        words: &[Word],
        run: Range<usize>,
        lower_text: bool,
    ) -> Option<(Range<usize>, Vec<String>)> {
        let (before, after) = (words[..run.start].last(), words.get(run.end));
        let run = &words[run];
        let (first, last) = (run.first()?, run.last()?);
        let begins = before.is_none_or(|before| {
            !first.continues(before) || first.gap == '\'' && before.is(ELISIONS)
        });
        let ends = after.is_none_or(|after| {
            !after.continues(last) || after.gap == '\'' && after.is(POSSESSIVES)
        });
        if !begins || !ends || run[1..].iter().any(|word| word.gap == '!') {
            return None;
        }
        let mut span = first.span.start..last.span.end;
        let listed = self.names.get(&key(&text[span.clone()]))?;
        let dotted = run.len() > 1 && last.gap == '.' && last.continues(&run[run.len() - 2]);
        span.end += usize::from(dotted && text[span.end..].starts_with('.'));
        // What is stated of one spelling holds for all that the entity has with this key.
        let policy = |name: &Listed| {
            let mut same = listed.iter().filter(|other| other.id == name.id);
            name.stated.or_else(|| same.find_map(|other| other.stated)).unwrap_or(name.default)
        };
        let meets = |name: &&Listed| {
            name.tagged && name.meets(policy(name), run, &text[span.clone()], lower_text)
        };
        let abbreviated = listed
            .iter()
            .filter(meets)
            .any(|name| name.text.matches('.').count() == 1 && name.text.ends_with('.'));
        let mut ids: Vec<String> =
            listed.iter().filter(meets).map(|name| name.id.clone()).collect();
        let follows = abbreviated && span.len() <= 8 && text[span.end..].starts_with('.');
        ids.sort();
        ids.dedup();
        span.end += usize::from(follows);
        (!ids.is_empty()).then_some((span, ids))
    }
}

/// One word of a text and what stands before it: nothing `+`, blanks, one of `'-.` without blanks,
/// a full stop with a blank `:`, what no name crosses `!`, or any other mark.
struct Word {
    span: Range<usize>,
    key: String,
    gap: char,
    letters: String,
}

/// A listed name; its key stands in the map.
struct Listed {
    id: String,
    text: String,
    words: Vec<Word>,
    stated: Option<Policy>,
    default: Policy,
    tagged: bool,
}

const APOSTROPHES: &str = "'’‘‛`´′＇ʹʺʻʼʽʾʿˈˊˋ·״׳";
const INVISIBLE: &str = "\u{AC}\u{AD}\u{34F}\u{61C}\u{200B}\u{200C}\u{200D}\u{200E}\u{200F}\u{202A}\
                         \u{202B}\u{202C}\u{202D}\u{2060}\u{2066}\u{2067}\u{2069}\u{FE0F}\u{FEFF}ـ";
const ELISIONS: &str = " l d c j m n s t qu jusqu lorsqu puisqu quoiqu presqu quelqu entr un dell all \
                        nell sull dall coll quell quest bell sant tutt anch mezz gl com cos dov \
                        senz oltr quand ell del pel al can ";
const POSSESSIVES: &str = " s ll d re ve ";
const ABBREVIATIONS: &str = " st ste sts saint mt mte mts ft pt pte is isl i gt lt sta sto s n e w \
                             no so dr gen col capt pres sr jr kr bez b a o u bd av ave blvd co twp \
                             hts jct spgs г р оз о обл св ст им пос с м sw św gm hr ob ";

fn key(text: &str) -> String {
    Normalizer::new().key(text).into_owned()
}

fn is_mark(char: char) -> bool {
    // The voicing marks of half-width Katakana, and the vowel "am" of Thai and Lao.
    let mark = "\u{FF9E}\u{FF9F}\u{E33}\u{EB3}".contains(char);
    mark || matches!(
        char.general_category(),
        Gc::NonspacingMark | Gc::SpacingMark | Gc::EnclosingMark
    )
}

/// How the character's script writes words: without spaces, in runs of Katakana, with spaces.
fn style(char: char) -> char {
    match char.script() {
        Script::Han
        | Script::Hiragana
        | Script::Thai
        | Script::Lao
        | Script::Khmer
        | Script::Myanmar => 'd',
        Script::Katakana => 'k',
        _ if "ーｰ".contains(char) => 'k',
        _ if char == '々' => 'd',
        _ => 's',
    }
}

fn is_upper(char: char) -> bool {
    matches!(char.general_category(), Gc::UppercaseLetter | Gc::TitlecaseLetter)
}

fn is_lower(char: char) -> bool {
    char.general_category() == Gc::LowercaseLetter
}

fn is_dash(char: char) -> bool {
    char.general_category() == Gc::DashPunctuation || char == '\u{2212}'
}

/// One dash, one apostrophe, single blanks, nothing invisible.
fn plain(text: &str) -> String {
    let text = text.nfc().filter(|&char| !INVISIBLE.contains(char));
    let plain = text.map(|char| match char {
        _ if APOSTROPHES.contains(char) => '\'',
        _ if is_dash(char) => '-',
        _ => char,
    });
    plain.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What the characters between two words amount to; `before` and `after` are the words' letters.
fn gap(between: &str, before: char, after: char) -> char {
    let seen = between.replace("\r\n", "\n").replace('\u{2029}', "\n\n");
    let mut seen: String =
        seen.chars().filter(|&char| !is_mark(char) && !INVISIBLE.contains(char)).collect();
    let mut marks: Vec<char> = seen.chars().filter(|char| !char.is_whitespace()).collect();
    // The dot or apostrophe right before a hyphen belongs to the word: Ust'-Nera.
    let first = |char: char| APOSTROPHES.contains(char) || ".．․‧".contains(char);
    if let [mark, dash] = marks[..]
        && first(mark)
        && is_dash(dash)
        && seen.starts_with(&String::from_iter([mark, dash]))
    {
        seen.remove(0);
        marks.remove(0);
    }
    let cased = [before, after].iter().all(|&char| is_upper(char) || is_lower(char));
    let hebrew = [before, after].iter().all(|char| char.script() == Script::Hebrew);
    let dense = style(before) != 's' && style(after) != 's';
    // A vowel or final would join the syllable before it.
    let jamo = ('\u{1160}'..='\u{11FF}').contains(&after);
    let alone = seen.chars().count() == 1 && !jamo;
    match marks[..] {
        _ if marks.len() > 1 || seen.matches('\n').count() > 1 => '!',
        [] if seen.is_empty() || dense && seen == "\n" => '+',
        [] => ' ',
        ['·'] if !cased => '·',
        ['"'] if alone && hebrew => '\'',
        [char] if APOSTROPHES.contains(char) => ['‘', '\''][usize::from(alone)],
        ['.'] if alone => '.',
        ['.'] => ['․', ':'][usize::from(seen.starts_with('.') && !jamo)],
        [char] if is_dash(char) => {
            ['—', '-'][usize::from(seen.trim_end_matches('\n').len() == char.len_utf8())]
        }
        ['!' | '?' | '…' | '。'] if !alone => '!',
        ['!'] => '¡',
        [':'] => '：',
        [char] => char,
        _ => unreachable!("counted above"),
    }
}

fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let (mut end, mut last) = (0, ' ');
    for (start, char) in text.char_indices() {
        let mark = is_mark(char);
        if !mark && key(char.encode_utf8(&mut [0; 4])).is_empty() {
            continue;
        }
        let touches = text[end..start].chars().all(|char| INVISIBLE.contains(char));
        let same = mark || style(char) != 'd' && style(char) == style(last);
        match words.last_mut() {
            Some(word) if touches && same => word.letters.push(char),
            _ if mark => continue,
            before => {
                let gap = if before.is_some() { gap(&text[end..start], last, char) } else { '!' };
                let (span, letters) = (start..start, String::from(char));
                words.push(Word { span, key: String::new(), gap, letters });
            }
        }
        end = start + char.len_utf8();
        last = if mark { last } else { char };
        let word = words.last_mut().unwrap();
        word.span.end = end;
    }
    for word in &mut words {
        word.key = key(&text[word.span.clone()]);
    }
    words
}

/// The words of one in which blanks may have been lost, before capitals: `laFrance`, `615Allemagne`.
fn split(text: &str, word: &Word) -> Vec<Word> {
    let chars: Vec<char> = text[word.span.clone()].chars().collect();
    let ends = |char: char| is_lower(char) || char.is_ascii_digit();
    let turn = |at: &usize| {
        ends(chars[at - 1])
            && is_upper(chars[*at])
            && chars.get(at + 1).is_some_and(|&c| is_lower(c))
    };
    let turns: Vec<usize> = (1..chars.len()).filter(turn).collect();
    let places: Vec<usize> = [0].into_iter().chain(turns).chain([chars.len()]).collect();
    let few = word.span.len() <= 48;
    let is_border = |run: &&[usize]| {
        let (before, after) = (&chars[run[0]..run[1]], &chars[run[1]..run[2]]);
        let small = is_lower(before[0]) && before.len() <= 3;
        few && (small || after.len() <= 3 || before.iter().all(char::is_ascii_digit))
    };
    let borders = places.windows(3).filter(is_border).map(|run| run[1]);
    let bounds: Vec<usize> = [0].into_iter().chain(borders).chain([chars.len()]).collect();
    let byte =
        |at: usize| word.span.start + chars[..at].iter().map(|c| c.len_utf8()).sum::<usize>();
    let part = |run: &[usize]| {
        let span = byte(run[0])..byte(run[1]);
        let gap = if run[0] == 0 { word.gap } else { '␣' };
        let letters = chars[run[0]..run[1]].iter().filter(|&&c| !INVISIBLE.contains(c)).collect();
        Word { key: key(&text[span.clone()]), span, gap, letters }
    };
    bounds.windows(2).map(part).collect()
}

impl Word {
    fn is(&self, list: &str) -> bool {
        list.contains(&format!(" {} ", self.key))
    }

    fn is_single(&self) -> bool {
        self.letters.chars().filter(|&char| !is_mark(char)).count() == 1
    }

    fn is_initial(&self) -> bool {
        self.is_single()
            && self
                .letters
                .starts_with(|char: char| style(char) == 's' && char.script() != Script::Hangul)
    }

    fn is_capitalized(&self) -> bool {
        self.letters.starts_with(is_upper)
    }

    /// Belongs to one written piece with `before`: O'Brien, U.S.
    fn continues(&self, before: &Word) -> bool {
        self.gap == '\'' || self.gap == '.' && self.is_initial() && before.is_initial()
    }

    /// A full stop after it does not end a sentence.
    fn is_abbreviation(&self) -> bool {
        self.is(ABBREVIATIONS) || self.is_single() && self.is_capitalized()
    }
}

impl Listed {
    /// May the words of the text, with this name's key, be this name?
    fn meets(&self, policy: Policy, run: &[Word], surface: &str, lower_text: bool) -> bool {
        let any = |test: fn(char) -> bool| run.iter().any(|word| word.letters.contains(test));
        let all_upper = any(is_upper) && !any(is_lower);
        let capitals = pieces(&self.words).zip(pieces(run)).all(|(name, text)| text || !name);
        let case = match policy {
            policy if policy.has(Policy::ANYCASE) || !any(is_upper) && !any(is_lower) => true,
            policy if policy.has(Policy::UPPER) => all_upper,
            policy if policy.has(Policy::TITLE) => run[0].is_capitalized() && !all_upper,
            _ => capitals || all_upper || lower_text,
        };
        let gaps = (1..run.len()).all(|at| match run[at].gap {
            '+' | ' ' | '-' => true,
            '\'' if !run[at].is(POSSESSIVES) => true,
            '.' if run[at].continues(&run[at - 1]) => true,
            '.' if run[at - 1].is_abbreviation() && run[at].is_capitalized() => true,
            ':' if run[at - 1].is_abbreviation() => true,
            mark => self.words.get(at).is_some_and(|word| word.gap == mark),
        });
        case && gaps && (!policy.has(Policy::EXACT) || plain(surface) == plain(&self.text))
    }
}

/// Which pieces are capitalized.
fn pieces(words: &[Word]) -> impl Iterator<Item = bool> {
    let spaced = |word: &Word| word.letters.starts_with(|char| style(char) == 's');
    let starts = move |at: &usize| match words[..=*at] {
        [.., ref before, ref word] => !(spaced(word) && spaced(before) && word.continues(before)),
        _ => true,
    };
    (0..words.len()).filter(starts).map(|at| words[at].is_capitalized())
}

/// Nearly no capitals among the first words.
fn is_lower_text(words: &[Word]) -> bool {
    let cased = |word: &&Word| {
        word.letters.starts_with(|char| style(char) == 's')
            && word.letters.contains(|char| is_upper(char) || is_lower(char))
    };
    let (mut seen, mut capitals) = (0, 0);
    for word in words.iter().take(400).filter(cased) {
        seen += 1;
        capitals += usize::from(word.is_capitalized());
        if capitals == 3 {
            break;
        }
    }
    seen > 0 && capitals * 25 < seen
}
